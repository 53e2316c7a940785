// Intervals and p values against enumeration of every sign pattern, and Holm against the definition.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>

#include "harness/verdict/intervals.hpp"

namespace interleave {
namespace {

// The share of the 2^n equally likely patterns of signs with at most k positive ones.
double share_with_at_most(std::size_t n, std::size_t k) {
  std::size_t count = 0;
  for (std::uint32_t pattern = 0; pattern < 1U << n; ++pattern)
    count += static_cast<std::size_t>(std::popcount(pattern)) <= k ? 1 : 0;
  return static_cast<double>(count) / std::ldexp(1.0, static_cast<int>(n));
}

TEST(IntervalRank, IsTheLargestThatCoversEnough) {
  for (std::size_t n = 1; n <= 16; ++n) {
    for (const double alpha : {0.05, 0.01, 0.05 / 21}) {
      const auto k = interval_rank(n, alpha);
      const std::size_t rank = k.value_or(0);
      if (k) {
        EXPECT_LE(2 * share_with_at_most(n, rank - 1), alpha) << n << " " << alpha;
      }
      if (2 * (rank + 1) <= n) {
        EXPECT_GT(2 * share_with_at_most(n, rank), alpha) << n << " " << alpha << ": a narrower one covers, too";
      }
    }
  }
  EXPECT_FALSE(interval_rank(5, 0.05).has_value()) << "five values cannot give 95 %";
  EXPECT_EQ(interval_rank(6, 0.05), 1U);
}

TEST(SignTest, IsExact) {
  const std::vector<double> values{0.3, -0.1, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};
  EXPECT_DOUBLE_EQ(p_above(values, 0), share_with_at_most(10, 1));
  EXPECT_DOUBLE_EQ(p_differs(values), 2 * share_with_at_most(10, 1));
  EXPECT_DOUBLE_EQ(p_below(values, 0), share_with_at_most(10, 9));
  EXPECT_EQ(p_differs({0, 0, 0, 0, 0, 0, 0, 0}), 1.0) << "equal values are no evidence of a difference";
}

TEST(SignTest, AgreesWithTheInterval) {
  for (std::uint32_t pattern = 0; pattern < 1U << 10; ++pattern) {
    std::vector<double> values;
    for (int i = 0; i < 10; ++i) values.push_back((pattern >> i & 1U) != 0 ? 1 + i : -1 - i);
    const auto interval = median_interval(values, 0.05);
    ASSERT_TRUE(interval.has_value());
    EXPECT_EQ(p_differs(values) <= 0.05, interval->low > 0 || interval->high < 0);
  }
}

TEST(Median, OfEvenAndOddCounts) {
  EXPECT_EQ(median_of({3, 1, 2}), 2);
  EXPECT_EQ(median_of({4, 1, 3, 2}), 2.5);
}

TEST(Holm, StepsDownAndStopsAtTheFirstThatIsNotRejected) {
  const std::vector<double> p{0.03, 0.001, 0.02, 0.04};  // in order: .001 <= .0125, .02 > .05/3
  const auto levels = holm_levels(p, 0.05);
  EXPECT_DOUBLE_EQ(levels[1], 0.05 / 4);
  EXPECT_DOUBLE_EQ(levels[2], 0.05 / 3);
  EXPECT_DOUBLE_EQ(levels[0], 0.05 / 3);
  EXPECT_DOUBLE_EQ(levels[3], 0.05 / 3);
  const auto adjusted = holm_adjusted(p);
  EXPECT_DOUBLE_EQ(adjusted[1], 0.004);
  EXPECT_DOUBLE_EQ(adjusted[2], 0.06);
  EXPECT_DOUBLE_EQ(adjusted[0], 0.06) << "never below the one before";
  EXPECT_DOUBLE_EQ(adjusted[3], 0.06);
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_EQ(adjusted[i] <= 0.05, p[i] <= levels[i]);
}

}  // namespace
}  // namespace interleave
