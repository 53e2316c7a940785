// The radix sort: the order of std::stable_sort, whatever the times.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/judge/radix_order.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/numbers/quantiles.hpp"

namespace interleave {
namespace {

TEST(SortByTime, IsTheStableOrder) {
  for (const int bits : {0, 1, 11, 12, 34, 62}) {
    std::vector<TimedItem> all;
    for (std::uint32_t i = 0; i < 5000; ++i) {
      all.push_back({static_cast<std::int64_t>(bits == 0 ? 0 : mix64(i) >> (64 - bits)), i});
    }
    std::vector<TimedItem> expected = all;
    std::stable_sort(expected.begin(), expected.end(), [](const auto& a, const auto& b) { return a.at_ns < b.at_ns; });
    sort_by_time(all);
    for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i].item, expected[i].item) << bits;
  }
  std::vector<TimedItem> none;
  sort_by_time(none);
  EXPECT_TRUE(none.empty());
}

void expect_nearest_ranks(std::size_t n, std::uint64_t below) {
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < n; ++i) values.push_back(static_cast<std::int64_t>(mix64(i) % below) - 500);
  std::vector<std::int64_t> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const Quantiles quantiles = quantiles_of(values);
  EXPECT_EQ(quantiles.p50, sorted[nearest_rank(0.5, n) - 1]);
  EXPECT_EQ(quantiles.p90, sorted[nearest_rank(0.9, n) - 1]);
  EXPECT_EQ(quantiles.p99, sorted[nearest_rank(0.99, n) - 1]);
  EXPECT_EQ(quantiles.p999, sorted[nearest_rank(0.999, n) - 1]);
  EXPECT_EQ(quantiles.max, sorted.back());
}

TEST(Quantiles, AreNearestRanks) {
  for (const std::size_t n : {1U, 2U, 9U, 10U, 11U, 999U, 1000U, 1001U, 4095U, 4096U, 20'000U}) {
    for (const std::uint64_t below : {1ULL, 7ULL, 1000ULL, 1ULL << 40}) expect_nearest_ranks(n, below);
  }
  EXPECT_EQ(nearest_rank(0.5, 10), 5U);
  EXPECT_EQ(nearest_rank(0.5, 11), 6U);
  EXPECT_EQ(nearest_rank(0, 4), 1U);
  EXPECT_EQ(nearest_rank(1, 4), 4U);
  std::vector<std::int64_t> none;
  EXPECT_EQ(quantiles_of(none).max, 0);
}

}  // namespace
}  // namespace interleave
