// The histogram's quantiles are off by at most 0.8 %, and early values are told apart.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/server/histogram.hpp"

namespace interleave {
namespace {

TEST(Histogram, EveryQuantileIsWithinEightThousandths) {
  for (std::int64_t value = 1; value < std::int64_t{1} << 39; value += value / 50 + 1) {
    Histogram histogram;
    histogram.record(value);
    histogram.record(value * 2);  // so that the largest value does not cap the answer
    const auto answer = static_cast<std::int64_t>(histogram.quantile(0));
    ASSERT_LE(std::abs(answer - value) * 1000, value * 8) << value;
  }
}

TEST(Histogram, QuantilesCountValues) {
  Histogram histogram;
  for (int value = 0; value < 100; ++value) histogram.record(value);
  EXPECT_EQ(histogram.count(), 100U);
  EXPECT_EQ(histogram.quantile(0.5), 50U);
  EXPECT_EQ(histogram.quantile(0.99), 99U);
  EXPECT_EQ(histogram.max(), 99U);
}

TEST(Histogram, EarlyValuesAreCounted) {
  Histogram histogram;
  histogram.record(-1);
  histogram.record(0);
  EXPECT_EQ(histogram.early(), 1U);
}

}  // namespace
}  // namespace interleave
