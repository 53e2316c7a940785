// Verdicts on simulated rounds whose truth is known: clear winners win, copies never do, ties need evidence.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "harness/verdict/point_verdict.hpp"

namespace interleave {
namespace {

constexpr Judging kJudging{0.05, 15};

// `rounds` values about `median`, lognormal with that sigma, skewed to the slow side as time measurements are.
Contestant simulated(const std::string& name, double median, double sigma, std::size_t rounds,
                     std::mt19937_64& random) {
  std::lognormal_distribution<double> noise(0, sigma);
  std::uniform_real_distribution<double> episode(0, 1);
  Contestant contestant{name, {}};
  for (std::size_t i = 0; i < rounds; ++i) {
    const double slow = episode(random) < 0.1 ? 1 + 3 * sigma : 1;
    contestant.values.push_back(median * noise(random) * slow);
  }
  return contestant;
}

TEST(Verdict, AClearLeadWins) {
  std::mt19937_64 random(1);
  const PointVerdict verdict =
      decide({simulated("slow", 120, 0.02, 30, random), simulated("fast", 100, 0.02, 30, random),
              simulated("slower", 150, 0.02, 30, random)},
             kJudging);
  EXPECT_EQ(verdict.verdict, "wins");
  EXPECT_EQ(verdict.leaders, std::vector<std::size_t>{1});
  EXPECT_EQ(verdict.runner_up, 0U);
  EXPECT_NEAR(*verdict.lead_percent, 20, 4);
  EXPECT_LT(verdict.p, 0.05);
}

TEST(Verdict, FewRoundsOnlyLead) {
  std::mt19937_64 random(3);
  const PointVerdict verdict =
      decide({simulated("a", 100, 0.01, 6, random), simulated("b", 150, 0.01, 6, random)}, kJudging);
  EXPECT_EQ(verdict.verdict, "leading");
  EXPECT_EQ(verdict.leaders, std::vector<std::size_t>{0});
}

TEST(Verdict, ALeadBelowTheMarginIsNoWinHoweverSure) {
  std::mt19937_64 random(4);
  const std::vector<Contestant> contestants{simulated("a", 100, 0.001, 60, random),
                                            simulated("b", 104, 0.001, 60, random)};
  const PointVerdict wide = decide(contestants, kJudging);
  EXPECT_EQ(wide.verdict, "tie");
  EXPECT_EQ(wide.leaders.size(), 2U);
  EXPECT_EQ(decide(contestants, judging_of("rigorous")).verdict, "wins") << "its margin is 3 %";
}

// c left on the third round, shown to be behind b.
TEST(Verdict, TheLeadIsOverWhoStayedLongestInTheRace) {
  const std::vector<double> lost(12, std::nan(""));
  std::vector<Contestant> contestants{
      {"a", std::vector<double>(15, 100)}, {"b", std::vector<double>(15, 110)}, {"c", {102, 102, 102}}};
  contestants[2].values.insert(contestants[2].values.end(), lost.begin(), lost.end());
  const PointVerdict verdict = decide(contestants, kJudging, Standing{.left = {0}, .decided = true});
  EXPECT_EQ(verdict.verdict, "wins");
  EXPECT_EQ(verdict.runner_up, 1U);
  EXPECT_NEAR(*verdict.lead_percent, 10, 0.1);
  EXPECT_EQ(verdict.rounds, 15U);
}

TEST(Verdict, NobodyIsUnresolvedWithItself) {
  const std::vector<Contestant> contestants{{"a", std::vector<double>(20, 100)}, {"b", std::vector<double>(20, 130)}};
  const PointVerdict verdict = decide(contestants, kJudging, Standing{.left = {0}, .decided = false});
  EXPECT_EQ(verdict.verdict, "leading");
  EXPECT_EQ(verdict.leaders, std::vector<std::size_t>{0});
}

TEST(Verdict, RoundsDoNotDependOnTheOrderOfModels) {
  Contestant early{"early", {300, 300, 300}}, one{"one", std::vector<double>(3, 100)}, other{"other", {130, 130, 130}};
  early.values.resize(20, 300);
  for (const bool first : {true, false}) {
    std::vector<Contestant> contestants{one, other};
    contestants.insert(first ? contestants.begin() : contestants.end(), early);
    const std::size_t place = first ? 1 : 0;
    EXPECT_EQ(decide(contestants, kJudging, Standing{.left = {place}, .decided = false}).rounds, 3U);
  }
}

TEST(Verdict, OfNoProfileTheMarginIsUnsaid) {
  EXPECT_EQ(judging_of("quick").margin, 0.05);
  EXPECT_EQ(judging_of("standard").margin, 0.05);
  EXPECT_EQ(judging_of("rigorous").margin, 0.03);
}

// Ratios of one pair, made to order: `worse` rounds in which b was the better by 1 %, `better` in which a was by 10 %.
std::vector<Contestant> rounds_of(std::size_t worse, std::size_t better) {
  Contestant a{"a", std::vector<double>(worse + better, 100)}, b{"b", std::vector<double>(worse, 99)};
  b.values.resize(worse + better, 110);
  return {a, b};
}

// Of 30 rounds the interval is [10th, 21st]. Nine on the wrong side leave it on the right one; ten do not.
TEST(Verdict, ALeadInsideTheNoiseIsNoWin) {
  EXPECT_EQ(decide(rounds_of(9, 21), kJudging).verdict, "wins");
  const PointVerdict noisy = decide(rounds_of(10, 20), kJudging);
  EXPECT_EQ(noisy.verdict, "unresolved") << "its lead is 10 %, and its interval reaches to the other side";
  EXPECT_NEAR(noisy.pairs.at(0).median_ratio, 1.1, 1e-9);
  EXPECT_LT(noisy.pairs.at(0).interval->low, 1);
}

// The same rounds of a and b, among six models: one error over 15 pairs takes more than nine to 21. Were each pair
// tested at 5 % for itself, a would win here.
TEST(Verdict, OnePairsEvidenceIsLessAmongMany) {
  std::vector<Contestant> six = rounds_of(9, 21);
  for (const char* name : {"c", "d", "e", "f"}) six.push_back({name, std::vector<double>(30, 200)});
  const PointVerdict verdict = decide(six, kJudging);
  EXPECT_EQ(verdict.verdict, "unresolved");
  EXPECT_EQ(verdict.leaders, (std::vector<std::size_t>{0, 1}));
  for (const PairResult& pair : verdict.pairs) EXPECT_DOUBLE_EQ(pair.level, 1 - 0.05 / 15);
}

TEST(Verdict, APairIsNeverWonAndTied) {
  std::mt19937_64 random(9);
  for (int load = 0; load < 300; ++load) {
    const double lead = 1 + 0.001 * (load % 100);
    const std::vector<Contestant> pair{simulated("a", 100, 0.02, 40, random),
                                       simulated("b", 100 * lead, 0.02, 40, random)};
    const PointVerdict verdict = decide(pair, kJudging);
    const PairResult& one = verdict.pairs.at(0);
    const bool apart = one.interval->low > 1 || one.interval->high < 1;
    const bool inside = one.interval->low > 1 / 1.05 && one.interval->high < 1.05;
    const bool leads = one.median_ratio >= 1.05 || one.median_ratio <= 1 / 1.05;
    EXPECT_FALSE(inside && leads);
    EXPECT_EQ(verdict.verdict, apart && leads ? "wins" : inside ? "tie" : "unresolved");
  }
}

// In a third of the rounds one of the two is 10 % worse: the interval ends inside the margin on one side alone.
TEST(Verdict, ATieLiesInsideTheMarginOnBothSides) {
  const std::vector<double> steady(30, 100);
  std::vector<double> shaky(30, 99.9);
  for (std::size_t i = 0; i < 10; ++i) shaky[i] = 110;
  for (const double median : {99.9, 100.1}) {  // so that either is the leader, and either the first of the pair
    for (std::size_t i = 10; i < 30; ++i) shaky[i] = median;
    EXPECT_EQ(decide({{"shaky", shaky}, {"steady", steady}}, kJudging).verdict, "unresolved");
    EXPECT_EQ(decide({{"steady", steady}, {"shaky", shaky}}, kJudging).verdict, "unresolved");
  }
}

TEST(Verdict, ATieNeedsEvidenceOfEquality) {
  std::mt19937_64 random(5);
  EXPECT_EQ(decide({simulated("a", 100, 0.01, 30, random), simulated("b", 100, 0.01, 30, random)}, kJudging).verdict,
            "tie");
  const PointVerdict noisy =
      decide({simulated("a", 100, 0.3, 30, random), simulated("b", 100, 0.3, 30, random)}, kJudging);
  EXPECT_EQ(noisy.verdict, "unresolved") << "not significant is not equal";
  ASSERT_TRUE(noisy.rounds_needed.has_value());
  EXPECT_GT(*noisy.rounds_needed, 30U);
}

// Wins and ties spend one error between them. Of these five, three are copies of each other (none may win), one is
// worse by the margin and a little (no tie), one is far behind; a claim about any pair is wrong in 5 % of loads at
// most.
TEST(Verdict, WinsAndTiesTogetherAreRarelyWrong) {
  std::mt19937_64 random(6);
  constexpr int kLoads = 1000;
  int wrong = 0, claims = 0;
  for (int load = 0; load < kLoads; ++load) {
    std::vector<Contestant> all;
    for (const double median : {100.0, 100.0, 100.0, 105.1, 200.0})
      all.push_back(simulated("m", median, 0.03, 30, random));
    bool error = false;
    for (const PairResult& pair : decide(all, kJudging).pairs) {
      const bool copies = pair.b < 3, near = pair.b == 3;
      const bool apart = pair.interval->low > 1 || pair.interval->high < 1;
      const bool tie = pair.interval->low > 1 / 1.05 && pair.interval->high < 1.05;
      error = error || (copies && apart) || (near && tie);
      claims += apart || tie ? 1 : 0;
    }
    wrong += error ? 1 : 0;
  }
  EXPECT_LE(wrong, 0.05 * kLoads);
  EXPECT_GE(claims, 5 * kLoads) << "silence would keep that promise, too";
}

TEST(Verdict, CopiesRarelyWinOverEachOther) {
  std::mt19937_64 random(6);
  int wins = 0;
  for (int load = 0; load < 400; ++load) {
    std::vector<Contestant> copies;
    for (const char* name : {"a", "b"}) copies.push_back(simulated(name, 100, 0.3, 30, random));
    wins += decide(copies, kJudging).verdict == "wins" ? 1 : 0;
  }
  EXPECT_LE(wins, 30) << "5 % of 400 is 20; 30 is exceeded once in 60 such runs at that rate";
  EXPECT_GE(wins, 3) << "noise of 30 % makes leads above the margin: with no error at all the test would be too strict";
}

TEST(Verdict, VoidRoundsAreLeftOutOfTheirPairsOnly) {
  Contestant a{"a", std::vector<double>(20, 100)}, b{"b", std::vector<double>(20, 130)};
  a.values[3] = kNoValue;
  b.values[7] = kNoValue;
  const PointVerdict verdict = decide({a, b}, kJudging);
  ASSERT_EQ(verdict.pairs.size(), 1U);
  EXPECT_EQ(verdict.pairs[0].rounds, 18U);
  EXPECT_EQ(verdict.verdict, "wins");
}

// A run of 30 planned rounds that was interrupted after six said "wins" by the number that was planned.
TEST(Verdict, CountsTheRoundsThatItHas) {
  Contestant a{"a", std::vector<double>(30, kNoValue)}, b = a;
  const auto a_wins_rounds = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      a.values[i] = 100;
      b.values[i] = 150;
    }
  };
  a_wins_rounds(0, 6);
  const PointVerdict interrupted = decide({a, b}, kJudging);
  EXPECT_EQ(interrupted.verdict, "leading");
  EXPECT_EQ(interrupted.rounds, 6U);
  a_wins_rounds(6, 15);
  EXPECT_EQ(decide({a, b}, kJudging).verdict, "wins");
  b.values[3] = kNoValue;
  EXPECT_EQ(decide({a, b}, kJudging).verdict, "leading") << "14 that both were in";
}

// A round in which a model did not keep the load up was left out, so that its good moments alone were compared.
TEST(Verdict, ALostRoundIsALossInEveryPair) {
  const std::vector<double> steady(30, 110);
  Contestant shaky{"shaky", std::vector<double>(30, 100)};
  EXPECT_EQ(decide({shaky, {"steady", steady}}, kJudging).leaders, std::vector<std::size_t>{0});
  for (std::size_t i = 0; i < 10; ++i) shaky.values[i] = kLost;
  const PointVerdict verdict = decide({shaky, {"steady", steady}}, kJudging);
  EXPECT_EQ(verdict.verdict, "unresolved") << "ten of 30 rounds are lost";
  EXPECT_EQ(verdict.pairs.at(0).rounds, 30U);
  EXPECT_EQ(verdict.pairs.at(0).interval->low, 0);
  for (std::size_t i = 0; i < 21; ++i) shaky.values[i] = kLost;
  const PointVerdict lost = decide({shaky, {"steady", steady}}, kJudging);
  EXPECT_EQ(lost.verdict, "wins");
  EXPECT_EQ(lost.leaders, std::vector<std::size_t>{1});
  EXPECT_EQ(lost.runner_up, 0U);
  EXPECT_FALSE(lost.lead_percent.has_value()) << "by more than any number";
}

TEST(Verdict, ARoundThatBothLostTellsNothing) {
  Contestant a{"a", std::vector<double>(20, 100)}, b{"b", std::vector<double>(20, 100)};
  a.values[0] = b.values[0] = kLost;
  EXPECT_EQ(decide({a, b}, kJudging).pairs.at(0).rounds, 19U);
}

TEST(Verdict, NobodyAndOneAlone) {
  EXPECT_EQ(decide({}, kJudging).verdict, "none");
  EXPECT_EQ(decide({{"a", {kNoValue, kNoValue}}}, kJudging).verdict, "none");
  EXPECT_EQ(decide({{"a", {1, 2}}, {"b", {kNoValue, kNoValue}}}, kJudging).verdict, "single");
}

}  // namespace
}  // namespace interleave
