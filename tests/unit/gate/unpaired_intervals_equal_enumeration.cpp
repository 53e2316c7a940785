// The interval of the ratio of two unpaired groups: its ranks against every order there is, its coverage on simulated
// sets.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "harness/gate/mann_whitney.hpp"

namespace interleave {
namespace {

// Of all ways to mark m of m + n places, how many have just u pairs with the marked one behind the other, as a share.
std::vector<double> enumerated(std::size_t m, std::size_t n) {
  std::vector<double> counts(m * n + 1);
  double all = 0;
  for (unsigned marks = 0; marks < 1U << (m + n); ++marks) {
    if (static_cast<std::size_t>(__builtin_popcount(marks)) != m) continue;
    std::size_t unmarked = 0, u = 0;
    for (std::size_t place = 0; place < m + n; ++place) {
      if ((marks >> place & 1U) != 0) u += unmarked;
      else ++unmarked;
    }
    ++counts[u];
    ++all;
  }
  for (double& count : counts) count /= all;
  return counts;
}

TEST(MannWhitney, SharesEqualEnumeration) {
  for (std::size_t m = 1; m <= 7; ++m) {
    for (std::size_t n = 1; n <= 7; ++n) {
      const std::vector<double> exact = enumerated(m, n), shares = mann_whitney_shares(m, n);
      ASSERT_EQ(exact.size(), shares.size());
      for (std::size_t u = 0; u < exact.size(); ++u)
        EXPECT_NEAR(shares[u], exact[u], 1e-12) << m << " " << n << " " << u;
    }
  }
}

TEST(MannWhitney, CutsOffNoMoreThanAlpha) {
  for (const double alpha : {0.5, 0.05, 0.01, 0.001}) {
    for (std::size_t m = 2; m <= 8; ++m) {
      const std::vector<double> exact = enumerated(m, 7);
      const std::size_t cut = mann_whitney_cut(m, 7, alpha);
      double off = 0;
      for (std::size_t u = 0; u < cut; ++u) off += exact[u];
      EXPECT_LE(2 * off, alpha * (1 + 1e-9));
      EXPECT_GT(2 * (off + exact[cut]), alpha) << "one more would do, too";
    }
  }
}

TEST(MannWhitney, TheNormalDistributionTakesOverSmoothly) {
  const auto counted = static_cast<double>(mann_whitney_cut(100, 100, 0.01));
  const auto normal = static_cast<double>(mann_whitney_cut(100, 101, 0.01));
  EXPECT_NEAR(normal / counted, 1.01, 0.01);
}

TEST(MannWhitney, RoundsForAnIntervalAreTheLeast) {
  for (const double alpha : {0.05, 0.01, 0.05 / 40, 1e-6}) {
    const std::size_t rounds = rounds_for_interval(alpha);
    EXPECT_GT(mann_whitney_cut(rounds, rounds, alpha), 0U);
    EXPECT_EQ(mann_whitney_cut(rounds - 1, rounds - 1, alpha), 0U);
  }
}

// Lognormal, of another size in each group, with an episode in a tenth of the rounds: the shape is the same in both.
std::vector<double> simulated(double median, std::size_t rounds, std::mt19937_64& random) {
  std::lognormal_distribution<double> noise(0, 0.03);
  std::uniform_real_distribution<double> chance(0, 1);
  std::vector<double> values(rounds);
  for (double& value : values) value = median * noise(random) * (chance(random) < 0.1 ? 1 + chance(random) : 1);
  return values;
}

TEST(RatiosOfGroups, AreCoveredAsStated) {
  std::mt19937_64 random(5);
  int covered = 0;
  for (int set = 0; set < 2000; ++set) {
    const RatioOfGroups found = ratio_of_groups(simulated(105, 20, random), simulated(100, 25, random), 0.05);
    covered += found.interval->low <= 1.05 && 1.05 <= found.interval->high ? 1 : 0;
  }
  EXPECT_GE(covered, 0.94 * 2000);
  EXPECT_LE(covered, 0.98 * 2000);
}

TEST(RatiosOfGroups, LostRoundsAreTheWorstAndAlike) {
  const double lost = std::numeric_limits<double>::infinity();
  const std::vector<double> well(6, 1.0), half{1, 1, 1, lost, lost, lost}, all(6, lost);
  EXPECT_DOUBLE_EQ(ratio_of_groups(all, all, 0.05).ratio, 1);
  EXPECT_EQ(ratio_of_groups(all, well, 0.05).ratio, lost);
  EXPECT_EQ(ratio_of_groups(well, all, 0.05).ratio, 0);
  EXPECT_EQ(ratio_of_groups(half, well, 0.05).interval->high, lost);
}

TEST(RatiosOfGroups, TooFewRoundsHaveNoInterval) {
  const std::vector<double> three{1, 2, 3}, four{1, 2, 3, 4};
  EXPECT_FALSE(ratio_of_groups(three, three, 0.05).interval.has_value()) << "2 / (6 over 3) is 0.1";
  EXPECT_TRUE(ratio_of_groups(four, four, 0.05).interval.has_value());
}

}  // namespace
}  // namespace interleave
