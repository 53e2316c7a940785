// permuted(): a bijection for every size, and another one for every key.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "harness/http/fate.hpp"

namespace interleave {
namespace {

std::vector<std::uint64_t> all(std::uint64_t key, std::uint64_t n) {
  std::vector<std::uint64_t> places(n);
  for (std::uint64_t i = 0; i < n; ++i) places[i] = permuted(key, n, i);
  return places;
}

TEST(Permutation, IsABijectionForEverySize) {
  for (std::uint64_t n = 1; n <= 300; ++n) {
    std::vector<int> hits(n);
    for (const std::uint64_t place : all(n * 7919, n)) {
      ASSERT_LT(place, n);
      ++hits[place];
    }
    for (std::uint64_t place = 0; place < n; ++place) ASSERT_EQ(hits[place], 1) << "n=" << n << " place=" << place;
  }
}

TEST(Permutation, IsABijectionOfAHundredThousand) {
  const std::uint64_t n = 100'003;
  std::vector<bool> seen(n);
  for (const std::uint64_t place : all(1, n)) {
    ASSERT_FALSE(seen[place]);
    seen[place] = true;
  }
}

TEST(Permutation, KeysGiveDifferentOrders) {
  EXPECT_NE(all(1, 1000), all(2, 1000));
  EXPECT_EQ(all(1, 1000), all(1, 1000));
}

TEST(Permutation, ShufflesRatherThanShifts) {
  const auto places = all(5, 1000);
  int neighbours = 0;
  for (std::size_t i = 1; i < places.size(); ++i) neighbours += places[i] == places[i - 1] + 1 ? 1 : 0;
  EXPECT_LT(neighbours, 20);  // about one is expected of a random order
}

}  // namespace
}  // namespace interleave
