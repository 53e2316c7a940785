// Memory that goes up and down is no leak; memory that goes up is, and warming up is not counted.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/soak/memory.hpp"

namespace interleave::soak {
namespace {

std::vector<std::uint64_t> rounds(std::size_t count, std::uint64_t per_round) {
  std::vector<std::uint64_t> kib;
  for (std::size_t round = 0; round < count; ++round) kib.push_back(20'000 + (round % 3) * 1500 + round * per_round);
  return kib;
}

TEST(Growth, NoiseIsNone) { EXPECT_FALSE(growth(rounds(30, 0), 500)); }

TEST(Growth, ALittleEachRoundIs) {
  EXPECT_TRUE(growth(rounds(30, 100), 500));
  EXPECT_FALSE(growth(rounds(30, 100), 5000));
}

TEST(Growth, WarmingUpIsNotCounted) {
  std::vector<std::uint64_t> kib = rounds(30, 0);
  kib[0] = kib[1] = 1000;
  kib[2] = kib[3] = 5000;
  EXPECT_FALSE(growth(kib, 500));
}

TEST(Growth, FewRoundsSayNothing) { EXPECT_FALSE(growth(rounds(kLeastRounds - 1, 10'000), 500)); }

TEST(Growth, OfThisProcessIsKnown) { EXPECT_GT(resident_kib(getpid()), 0U); }

}  // namespace
}  // namespace interleave::soak
