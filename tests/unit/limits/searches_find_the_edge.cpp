// Search: the edge of every ladder is found, each side confirmed, in few trials; noise at the edge moves it by a rung
// at most, and the same answers lead to the same question. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "harness/limits/search.hpp"
#include "harness/numbers/mix.hpp"

namespace interleave {
namespace {

// The number of trials until it is over.
template <class Holds>
std::size_t climb(Search& search, Holds holds) {
  std::size_t trials = 0;
  while (const auto rung = search.next()) {
    search.add(*rung, holds(*rung));
    if (++trials > 500) break;
  }
  return trials;
}

TEST(Search, FindsEveryEdgeOfEveryLadder) {
  for (std::size_t rungs = 1; rungs <= 40; ++rungs) {
    for (std::size_t edge = 0; edge <= rungs; ++edge) {  // the first that fails
      Search search(rungs);
      const std::size_t trials = climb(search, [&](std::size_t rung) { return rung < edge; });
      EXPECT_LE(trials, rungs / 4 + 9) << rungs << " rungs, edge at " << edge;
      if (edge == 0) EXPECT_FALSE(search.last_that_holds());
      else EXPECT_EQ(search.last_that_holds(), edge - 1);
      if (edge == rungs) EXPECT_FALSE(search.first_that_does_not());
      else EXPECT_EQ(search.first_that_does_not(), edge);
    }
  }
}

TEST(Search, ConfirmsBothSides) {
  std::vector<int> asked(20);
  Search search(20);
  climb(search, [&](std::size_t rung) {
    ++asked[rung];
    return rung < 11;
  });
  EXPECT_EQ(asked[10], 2);
  EXPECT_EQ(asked[11], 5);
  EXPECT_EQ(std::count_if(asked.begin(), asked.end(), [](int times) { return times > 0; }), 4) << "8, 12, 10, 11";
}

TEST(Search, OneSpoiltTrialDoesNotEndIt) {
  for (std::size_t spoilt = 0; spoilt < 12; ++spoilt) {
    Search search(30);
    std::size_t trial = 0;
    climb(search, [&](std::size_t rung) {
      const bool holds = rung < 17;
      return trial++ == spoilt ? !holds : holds;
    });
    EXPECT_EQ(search.last_that_holds(), 16U) << "trial " << spoilt << " said otherwise";
  }
}

// Near the edge a trial is right in three of four: half a rung each way.
TEST(Search, NoiseAtTheEdgeMovesItByARungAtMost) {
  int within = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Search search(30);
    std::uint64_t draw = 0;
    climb(search, [&](std::size_t rung) {
      const bool near = rung == 16 || rung == 17;
      const bool wrong = near && mix64(seed, ++draw) % 4 == 0;
      return (rung < 17) != wrong;
    });
    const auto found = search.last_that_holds();
    within += found && *found >= 15 && *found <= 17 ? 1 : 0;
  }
  EXPECT_EQ(within, 1000);
}

TEST(Search, DependsOnTheAnswersAlone) {
  Search once(25), again(25);
  std::vector<std::pair<std::size_t, bool>> answers;
  climb(once, [&](std::size_t rung) {
    answers.emplace_back(rung, rung < 9);
    return rung < 9;
  });
  std::reverse(answers.begin(), answers.end());
  for (const auto& [rung, holds] : answers) again.add(rung, holds);
  EXPECT_EQ(again.next(), std::nullopt);
  EXPECT_EQ(again.last_that_holds(), once.last_that_holds());
}

TEST(Search, WhatIsSureNeedsNoConfirming) {
  Search search(25);
  search.add(8, false, true);
  search.add(4, false, true);
  search.add(0, true);
  search.add(2, false, true);
  search.add(1, false, true);
  EXPECT_EQ(search.next(), 0U) << "only what holds is asked again";
}

TEST(Search, MeasuresRungsBelowTheLimitToo) {
  std::vector<int> asked(30);
  Search search(30, {-16, -2});
  climb(search, [&](std::size_t rung) {
    ++asked[rung];
    return rung < 21;
  });
  EXPECT_EQ(search.last_that_holds(), 20U);
  EXPECT_EQ(asked[4], 3);
  EXPECT_EQ(asked[18], 3);
}

// Whoever keeps up with a rung once and fails five times has not shown that it can.
TEST(Search, AFreakDecidesNothing) {
  Search search(20);
  std::size_t freaks = 0;
  climb(search, [&](std::size_t rung) { return rung < 9 || (rung == 12 && freaks++ == 0); });
  EXPECT_EQ(search.last_that_holds(), 8U);
}

// What a repeat may find is told: the best of the trials keep up with more than most of them do.
TEST(Search, TellsMostFromBest) {
  Search search(20);
  std::size_t asked = 0;
  climb(search, [&](std::size_t rung) { return rung < 11 || (rung == 11 && ++asked > 3); });
  EXPECT_EQ(search.last_that_holds(), 11U);
  EXPECT_EQ(search.last_that_mostly_holds(), 10U);
}

}  // namespace
}  // namespace interleave
