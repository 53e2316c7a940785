// "About N rounds would settle it, with a power of 80 %": simulated.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "harness/verdict/point_verdict.hpp"
#include "harness/verdict/rounds_needed.hpp"

namespace interleave {
namespace {

constexpr Judging kJudging{0.05, 15};

// One pair whose log-ratios are normal.
std::vector<Contestant> simulated_pair(const Spread& truth, std::uint32_t rounds, std::mt19937_64& random) {
  std::normal_distribution<double> log_ratio(truth.median, truth.sd);
  std::vector<Contestant> pair{{"a", std::vector<double>(rounds, 1)}, {"b", {}}};
  for (std::uint32_t i = 0; i < rounds; ++i) pair[1].values.push_back(std::exp(log_ratio(random)));
  return pair;
}

bool is_settled(const std::vector<Contestant>& pair) {
  const std::string verdict = decide(pair, kJudging).verdict;
  return verdict == "wins" || verdict == "tie";
}

double share_settled(const Spread& truth, std::uint32_t rounds, std::mt19937_64& random) {
  constexpr int kSets = 1000;
  int settled = 0;
  for (int set = 0; set < kSets; ++set) settled += is_settled(simulated_pair(truth, rounds, random)) ? 1 : 0;
  return static_cast<double>(settled) / kSets;
}

// A win by far, wins that are near the margin, ties, and one where both are possible. The standard error is 1.3 %.
TEST(RoundsNeeded, SettleInEightOfTenWhereTheSpreadIsKnown) {
  std::mt19937_64 random(1);
  for (const Spread& truth : {Spread{0.2, 0.3}, {0.1, 0.1}, {0.07, 0.06}, {0, 0.1}, {0.02, 0.06}, {-0.1, 0.2}}) {
    const auto needed = rounds_needed({truth}, {kPointError, kJudging.margin});
    ASSERT_TRUE(needed.has_value()) << truth.median;
    ASSERT_GE(*needed, kJudging.rounds_to_win) << truth.median << ": too easy to show anything";
    EXPECT_GE(share_settled(truth, *needed, random), 0.76) << truth.median << " " << truth.sd << " " << *needed;
    EXPECT_LE(share_settled(truth, *needed, random), 0.92) << truth.median << " " << truth.sd << " " << *needed;
    EXPECT_LE(share_settled(truth, *needed / 2, random), 0.76) << "half of them are not as good";
  }
}

// From a run's own rounds the spread is known as well as those tell; the middle of what they say must still be about
// right.
TEST(RoundsNeeded, AreOfUseFromTheRoundsOfARun) {
  std::mt19937_64 random(2);
  const Spread truth{0, 0.25};
  int said = 0;
  double settled = 0;
  for (int run = 0; run < 40; ++run) {
    const PointVerdict verdict = decide(simulated_pair(truth, 60, random), kJudging);
    if (!verdict.rounds_needed) continue;
    EXPECT_EQ(verdict.verdict, "unresolved");
    EXPECT_GT(*verdict.rounds_needed, 60U);
    ++said;
    settled += is_settled(simulated_pair(truth, *verdict.rounds_needed, random)) ? 1 : 0;
  }
  EXPECT_GE(said, 30);
  EXPECT_GE(settled, 0.6 * said);
}

TEST(RoundsNeeded, AreNotPromisedWhereNoneWouldDo) {
  EXPECT_FALSE(rounds_needed({{std::log(1.05), 0.03}}, {0.05, 0.05}).has_value())
      << "at the margin: neither win nor tie";
  EXPECT_FALSE(rounds_needed({{0, 10}}, {0.05, 0.05}).has_value());
  EXPECT_FALSE(rounds_needed({{std::numeric_limits<double>::infinity(), 0.1}}, {0.05, 0.05}).has_value());
}

TEST(RoundsNeeded, AreThoseOfAllPairsTogether) {
  const Bar bar{0.05, 0.05};
  const auto one = rounds_needed({{0, 0.1}}, bar), three = rounds_needed({{0, 0.1}, {0, 0.1}, {0, 0.1}}, bar);
  EXPECT_GT(*three, *one) << "that each of three is settled takes more than that one is";
  EXPECT_GT(*rounds_needed({{0, 0.1}}, {0.05 / 136, 0.05}), *one);
}

TEST(RoundsNeeded, WithoutSpreadAreTheFewestThatHaveAnInterval) {
  EXPECT_EQ(rounds_needed({{0.5, 0}}, {0.05, 0.05}), 6U);
  EXPECT_EQ(rounds_needed({{0, 0}}, {0.05, 0.05}), 6U);
}

}  // namespace
}  // namespace interleave
