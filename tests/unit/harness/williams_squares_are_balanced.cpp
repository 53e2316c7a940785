// Every model has every position, and follows every other model, equally often.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/plan/williams.hpp"

namespace interleave {
namespace {

using Rows = std::vector<std::vector<std::uint32_t>>;

void expect_balanced(const Rows& rows, std::uint32_t n) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> at, after;
  for (const auto& row : rows) {
    ASSERT_EQ(std::set(row.begin(), row.end()).size(), n);
    for (std::uint32_t i = 0; i < n; ++i) {
      ASSERT_LT(row[i], n);
      ++at[{row[i], i}];
      if (i > 0) ++after[{row[i - 1], row[i]}];
    }
  }
  const int times = static_cast<int>(rows.size() / n);
  ASSERT_EQ(at.size(), std::size_t{n} * n);
  for (const auto& [cell, count] : at) EXPECT_EQ(count, times);
  ASSERT_EQ(after.size(), std::size_t{n} * (n - 1));
  for (const auto& [pair, count] : after) EXPECT_EQ(count, times);
}

TEST(WilliamsSquare, BalancesPositionAndCarryOver) {
  for (std::uint32_t n = 1; n <= 16; ++n) {
    const Rows square = williams_square(n);
    EXPECT_EQ(square.size(), n % 2 == 0 || n == 1 ? n : 2 * n);
    expect_balanced(square, n);
  }
}

TEST(WilliamsRounds, EveryWholeBlockIsBalanced) {
  for (const std::uint32_t n : {4U, 7U}) {
    const std::uint32_t block = n % 2 == 0 ? n : 2 * n;
    const Rows rounds = williams_rounds(n, 3 * block, 99);
    ASSERT_EQ(rounds.size(), 3 * block);
    for (std::uint32_t b = 0; b < 3; ++b)
      expect_balanced(Rows(rounds.begin() + b * block, rounds.begin() + (b + 1) * block), n);
  }
}

TEST(WilliamsRounds, DependOnTheSeedAlone) {
  EXPECT_EQ(williams_rounds(6, 30, 5), williams_rounds(6, 30, 5));
  EXPECT_NE(williams_rounds(6, 30, 5), williams_rounds(6, 30, 6));
  const Rows rounds = williams_rounds(6, 12, 5);
  EXPECT_NE(Rows(rounds.begin(), rounds.begin() + 6), Rows(rounds.begin() + 6, rounds.end()))
      << "blocks are relabelled";
}

}  // namespace
}  // namespace interleave
