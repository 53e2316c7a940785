// Intervals and p values against enumeration of every sign pattern.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

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

TEST(Median, OfLostRounds) {
  const double lost = std::numeric_limits<double>::infinity();
  EXPECT_EQ(median_of({lost, 1, 2, -lost}), 1.5);
  EXPECT_EQ(median_of({1, lost, lost}), lost);
  EXPECT_EQ(median_of({-lost, lost}), 0) << "as often lost as won, and no NaN";
}

// Off by one order statistic it would be [1, 8] or [3, 6]: P(X <= 1) of eight is 9/256, of which twice is above 5 %.
TEST(MedianInterval, TakesTheRankFromBothEnds) {
  const auto eight = median_interval({8, 1, 7, 2, 6, 3, 5, 4}, 0.05);
  ASSERT_TRUE(eight.has_value());
  EXPECT_EQ(eight->low, 1);
  EXPECT_EQ(eight->high, 8);
  const auto nine = median_interval({9, 8, 1, 7, 2, 6, 3, 5, 4}, 0.05);
  EXPECT_EQ(nine->low, 2);
  EXPECT_EQ(nine->high, 8);
  EXPECT_FALSE(median_interval({1, 2, 3, 4, 5}, 0.05).has_value());
}

}  // namespace
}  // namespace interleave
