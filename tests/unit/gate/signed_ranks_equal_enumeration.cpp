// The signed-rank test against all signs there are, and Holm's procedure against its definition.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "harness/gate/signed_rank.hpp"

namespace interleave {
namespace {

// The sum of the midranks of |values| where the value is positive, twice.
long statistic(const std::vector<double>& values) {
  long sum = 0;
  for (const double value : values) {
    if (!(value > 0)) continue;
    for (const double other : values) {
      if (other == 0) continue;
      sum += std::abs(other) < std::abs(value) ? 2 : std::abs(other) == std::abs(value) ? 1 : 0;
    }
    ++sum;  // a midrank is half a place above that of its ties
  }
  return sum;
}

double enumerated(const std::vector<double>& values) {
  const long observed = statistic(values);
  double as_large = 0;
  for (unsigned signs = 0; signs < 1U << values.size(); ++signs) {
    std::vector<double> turned;
    for (std::size_t i = 0; i < values.size(); ++i)
      turned.push_back((signs >> i & 1U) != 0 ? std::abs(values[i]) : -std::abs(values[i]));
    as_large += statistic(turned) >= observed ? 1 : 0;
  }
  return as_large / std::pow(2.0, static_cast<double>(values.size()));
}

TEST(SignedRanks, EqualEnumeration) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> noise(0.3, 1);
  for (std::size_t n = 1; n <= 12; ++n) {
    std::vector<double> values(n);
    for (double& value : values) value = noise(random);
    EXPECT_NEAR(signed_rank_p(values), enumerated(values), 1e-12) << n;
  }
}

TEST(SignedRanks, EqualEnumerationWhereThereAreTiesAndZeros) {
  std::mt19937_64 random(4);
  std::uniform_int_distribution<int> few(-3, 4);
  for (int set = 0; set < 30; ++set) {
    std::vector<double> values(10);
    for (double& value : values) value = few(random);
    EXPECT_NEAR(signed_rank_p(values), enumerated(values), 1e-12);
  }
}

TEST(SignedRanks,
     TheNullDistributionIsThatOfTables) {  // of n = 5: W = 15, 14, 13, 12 have 1, 2, 3, 5 of 32 at or above
  EXPECT_DOUBLE_EQ(signed_rank_p(std::vector<double>{1, 2, 3, 4, 5}), 1.0 / 32);
  EXPECT_DOUBLE_EQ(signed_rank_p(std::vector<double>{-1, 2, 3, 4, 5}), 2.0 / 32);
  EXPECT_DOUBLE_EQ(signed_rank_p(std::vector<double>{1, -2, 3, 4, 5}), 3.0 / 32);
  EXPECT_DOUBLE_EQ(signed_rank_p(std::vector<double>{-1, -2, 3, 4, 5}), 5.0 / 32);
}

TEST(SignedRanks, TakeTheEndsOfTheScale) {
  const double lost = std::numeric_limits<double>::infinity();
  EXPECT_EQ(signed_rank_p(std::vector<double>{}), 1);
  EXPECT_EQ(signed_rank_p(std::vector<double>{0, 0}), 1);
  EXPECT_DOUBLE_EQ(signed_rank_p(std::vector<double>{lost, 1, 2}), 1.0 / 8);
  EXPECT_DOUBLE_EQ(signed_rank_p(std::vector<double>(30, 0.1)), least_signed_rank_p(30));
}

TEST(Holm, StepsDown) {
  EXPECT_EQ(holm({0.001, 0.02, 0.004}, 3, 0.01), (std::vector<bool>{true, false, true}));
  EXPECT_EQ(holm({0.004, 0.004, 0.004}, 3, 0.01), (std::vector<bool>{false, false, false}))
      << "the first is at a third";
  EXPECT_EQ(holm({0.009}, 1, 0.01), (std::vector<bool>{true}));
}

TEST(Holm, CountsWhatWasDropped) {
  EXPECT_EQ(holm({0.004}, 2, 0.01), (std::vector<bool>{true}));
  EXPECT_EQ(holm({0.004}, 3, 0.01), (std::vector<bool>{false}));
}

}  // namespace
}  // namespace interleave
