// The histogram's quantiles are off by at most 0.8 %, and early values are told apart.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#include "harness/numbers/histogram.hpp"

namespace interleave {
namespace {

using Lateness = Histogram<std::uint32_t>;

TEST(Histogram, EveryQuantileIsWithinEightThousandths) {
  for (std::int64_t value = 1; value < std::int64_t{1} << 39; value += value / 50 + 1) {
    Lateness histogram;
    histogram.record(value);
    histogram.record(value * 2);  // so that the largest value does not cap the answer
    const auto answer = static_cast<std::int64_t>(histogram.quantile(0));
    ASSERT_LE(std::abs(answer - value) * 1000, value * 8) << value;
  }
}

TEST(Histogram, QuantilesAreByNearestRank) {
  Lateness histogram;
  EXPECT_EQ(histogram.quantile(0.5), 0U);
  for (int value = 1; value <= 100; ++value) histogram.record(value);
  EXPECT_EQ(histogram.count(), 100U);
  EXPECT_EQ(histogram.quantile(0), 1U);
  EXPECT_EQ(histogram.quantile(0.5), 50U);
  EXPECT_EQ(histogram.quantile(0.99), 99U);
  EXPECT_EQ(histogram.quantile(1), 100U);
  EXPECT_EQ(histogram.max(), 100U);
}

TEST(Histogram, EarlyValuesAreCounted) {
  Lateness histogram;
  histogram.record(-1);
  histogram.record(0);
  EXPECT_EQ(histogram.early(), 1U);
}

TEST(Histogram, SharedOnesAnswerTheSame) {
  Lateness one;
  Lateness other;
  Histogram<std::atomic<std::uint32_t>> shared;
  for (std::int64_t value = -1; value < std::int64_t{1} << 41; value = value * 3 + 7) {
    (value % 2 == 0 ? one : other).record(value);
    shared.record(value);
  }
  one += other;
  EXPECT_EQ(one.count(), shared.count());
  EXPECT_EQ(one.early(), shared.early());
  EXPECT_EQ(one.max(), shared.max());
  for (const double q : {0.0, 0.25, 0.5, 0.9, 1.0}) EXPECT_EQ(one.quantile(q), shared.quantile(q)) << q;
}

}  // namespace
}  // namespace interleave
