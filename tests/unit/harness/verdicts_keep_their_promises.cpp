// Verdicts on simulated rounds whose truth is known: clear winners win, copies never do, ties need evidence.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "harness/verdict/leader_map.hpp"
#include "harness/verdict/point_verdict.hpp"
#include "harness/verdict/table.hpp"
#include "harness/verdict/verdict.hpp"

namespace interleave {
namespace {

constexpr std::uint32_t kToWin = 15;

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
             true, 30, kToWin);
  EXPECT_EQ(verdict.verdict, "wins");
  EXPECT_EQ(verdict.leaders, std::vector<std::size_t>{1});
  EXPECT_EQ(verdict.runner_up, 0U);
  EXPECT_NEAR(*verdict.lead_percent, 20, 4);
  EXPECT_LT(verdict.p, 0.05);
}

TEST(Verdict, HigherMayBeBetter) {
  std::mt19937_64 random(2);
  const std::vector<Contestant> contestants{simulated("a", 0.99, 0.002, 30, random),
                                            simulated("b", 0.90, 0.002, 30, random)};
  EXPECT_EQ(decide(contestants, false, 30, kToWin).leaders, std::vector<std::size_t>{0});
  EXPECT_EQ(decide(contestants, true, 30, kToWin).leaders, std::vector<std::size_t>{1});
}

TEST(Verdict, FewRoundsOnlyLead) {
  std::mt19937_64 random(3);
  const PointVerdict verdict =
      decide({simulated("a", 100, 0.01, 6, random), simulated("b", 150, 0.01, 6, random)}, true, 6, kToWin);
  EXPECT_EQ(verdict.verdict, "leading");
  EXPECT_EQ(verdict.leaders, std::vector<std::size_t>{0});
}

TEST(Verdict, ALeadBelowThreePercentIsNoWinHoweverSure) {
  std::mt19937_64 random(4);
  const PointVerdict verdict =
      decide({simulated("a", 100, 0.001, 60, random), simulated("b", 102, 0.001, 60, random)}, true, 60, kToWin);
  EXPECT_EQ(verdict.verdict, "tie");
  EXPECT_EQ(verdict.leaders.size(), 2U);
}

TEST(Verdict, ALeadInsideTheNoiseIsNoWin) {
  std::mt19937_64 random(8);
  int wins = 0;
  for (int load = 0; load < 40; ++load) {
    wins += decide({simulated("a", 100, 0.5, 30, random), simulated("b", 110, 0.5, 30, random)}, true, 30, kToWin)
                        .verdict == "wins"
                ? 1
                : 0;
  }
  EXPECT_LE(wins, 12) << "its power there is some 10 %";
}

TEST(Verdict, ATieNeedsEvidenceOfEquality) {
  std::mt19937_64 random(5);
  EXPECT_EQ(
      decide({simulated("a", 100, 0.01, 30, random), simulated("b", 100, 0.01, 30, random)}, true, 30, kToWin).verdict,
      "tie");
  const PointVerdict noisy =
      decide({simulated("a", 100, 0.3, 30, random), simulated("b", 100, 0.3, 30, random)}, true, 30, kToWin);
  EXPECT_EQ(noisy.verdict, "unresolved") << "not significant is not equal";
  ASSERT_TRUE(noisy.rounds_needed.has_value());
  EXPECT_GT(*noisy.rounds_needed, 30U);
}

// Two copies of one model must not win over each other more often than the family error allows.
TEST(Verdict, CopiesRarelyWinOverEachOther) {
  std::mt19937_64 random(6);
  int wins = 0, wrong_ties = 0;
  constexpr int kLoads = 400;
  for (int load = 0; load < kLoads; ++load) {
    std::vector<Contestant> copies;
    for (const char* name : {"a", "b", "c", "d"}) copies.push_back(simulated(name, 100, 0.08, 30, random));
    wins += decide(copies, true, 30, kToWin).verdict == "wins" ? 1 : 0;
    const PointVerdict apart =
        decide({simulated("a", 100, 0.05, 30, random), simulated("b", 106.5, 0.05, 30, random)}, true, 30, kToWin);
    wrong_ties += apart.verdict == "tie" ? 1 : 0;
  }
  EXPECT_LE(wins, 30) << "5 % of 400 is 20; 30 is exceeded once in 60 such runs at that rate";
  EXPECT_LE(wrong_ties, 30);
}

TEST(Verdict, NominalIntervalsCoverTheTruth) {
  std::mt19937_64 random(7);
  int covered = 0;
  constexpr int kSets = 2000;
  const double truth = std::log(1.1);
  for (int set = 0; set < kSets; ++set) {
    std::vector<double> logs;
    std::lognormal_distribution<double> skewed(-3, 1);
    const double median_of_skew = std::exp(-3.0);
    for (int i = 0; i < 30; ++i) logs.push_back(truth + skewed(random) - median_of_skew);
    const auto interval = median_interval(logs, 0.05);
    covered += interval->low <= truth && truth <= interval->high ? 1 : 0;
  }
  EXPECT_GE(covered, 0.94 * kSets);
  EXPECT_LE(covered, 0.98 * kSets);
}

TEST(Verdict, VoidRoundsAreLeftOutOfTheirPairsOnly) {
  Contestant a{"a", std::vector<double>(20, 100)}, b{"b", std::vector<double>(20, 130)};
  a.values[3] = kNoValue;
  b.values[7] = kNoValue;
  const PointVerdict verdict = decide({a, b}, true, 20, kToWin);
  ASSERT_EQ(verdict.pairs.size(), 1U);
  EXPECT_EQ(verdict.pairs[0].rounds, 18U);
  EXPECT_EQ(verdict.verdict, "wins");
}

TEST(Verdict, NobodyAndOneAlone) {
  EXPECT_EQ(decide({}, true, 30, kToWin).verdict, "none");
  EXPECT_EQ(decide({{"a", {kNoValue, kNoValue}}}, true, 2, kToWin).verdict, "none");
  EXPECT_EQ(decide({{"a", {1, 2}}, {"b", {kNoValue, kNoValue}}}, true, 2, kToWin).verdict, "single");
}

// ---- the whole of verdict.json

Plan small_plan(std::uint32_t rounds) {
  Plan plan;
  plan.version = "test";
  plan.profile = "standard";
  plan.rounds = rounds;
  plan.models = {{"fast", "callback", "", "", "", "", {}, {}, {}, {}},
                 {"slow", "blocking", "", "", "", "", {}, {}, {}, {}}};
  Point point;
  point.id = "p";
  point.label = "a point";
  point.load.workload = "sleep_many";
  point.ranks_by = RanksBy::makespan;
  plan.points = {point};
  for (std::uint32_t i = 0; i < 2 * rounds; ++i) plan.order.push_back({i, i / 2, 0, i % 2});
  return plan;
}

std::vector<nlohmann::json> small_trials(const Plan& plan) {
  std::vector<nlohmann::json> trials;
  for (const PlannedTrial& trial : plan.order) {
    const double makespan = (trial.model == 0 ? 1e6 : 1.5e6) + 1e3 * (trial.trial * 7919 % 101);
    trials.push_back({{"schema", 1},
                      {"trial", trial.trial},
                      {"round", trial.round},
                      {"point", "p"},
                      {"model", plan.models[trial.model].name},
                      {"verdict", "valid"},
                      {"reasons", nlohmann::json::array()},
                      {"makespan_ns", makespan},
                      {"server_limited", false}});
  }
  return trials;
}

TEST(VerdictFile, IsTheSameBytesHoweverTheTrialsAreOrdered) {
  const Plan plan = small_plan(20);
  auto trials = small_trials(plan);
  const std::string text = verdict_text(verdict_of(plan, trials));
  EXPECT_EQ(text, verdict_text(verdict_of(plan, trials)));
  std::reverse(trials.begin(), trials.end());
  EXPECT_EQ(text, verdict_text(verdict_of(plan, trials)));
  EXPECT_EQ(nlohmann::json::parse(text).at("points")[0].at("verdict"), "wins");
}

TEST(VerdictFile, AMostlyVoidCellIsNotRanked) {
  const Plan plan = small_plan(20);
  auto trials = small_trials(plan);
  for (std::size_t i = 0; i < 24; i += 2) {  // 12 of the 20 of "fast"
    trials[i]["verdict"] = "void";
    trials[i]["reasons"] = {"oracle: item 3: no outcome"};
  }
  const auto point = verdict_of(plan, trials).at("points")[0];
  EXPECT_EQ(point.at("leaders"), nlohmann::json({"slow"}));
  EXPECT_EQ(point.at("verdict"), "single");
  EXPECT_EQ(point.at("sentence"), "only slow has valid trials (fast void)");
  EXPECT_EQ(point.at("cells")[0].at("status"), "void");
  EXPECT_EQ(point.at("cells")[0].at("reason"), "oracle: item 3: no outcome");
  EXPECT_EQ(point.at("cells")[0].at("rounds_void"), 12);
  EXPECT_TRUE(point.at("cells")[0].at("values")[0].is_null());
}

TEST(VerdictFile, ACellThatWasSkippedOnTheWayIsNotRanked) {
  const Plan plan = small_plan(20);
  auto trials = small_trials(plan);
  for (std::size_t i = 2; i < trials.size(); i += 2) {
    trials[i]["verdict"] = "skipped";
    trials[i]["reasons"] = {"a trial takes 9 s"};
  }
  const auto point = verdict_of(plan, trials).at("points")[0];
  EXPECT_EQ(point.at("verdict"), "single");
  EXPECT_EQ(point.at("sentence"), "only slow has valid trials (fast skipped)");
  EXPECT_EQ(point.at("cells")[0].at("status"), "skipped");
  EXPECT_EQ(point.at("cells")[0].at("reason"), "a trial takes 9 s");
  EXPECT_FALSE(point.at("cells")[0].at("values")[0].is_null()) << "what it did is shown";
}

TEST(VerdictFile, AnInterruptedRunIsNotTakenForAWholeOne) {
  const Plan plan = small_plan(20);
  const auto trials = small_trials(plan);
  EXPECT_EQ(table_of(verdict_of(plan, trials)).find("Not finished"), std::string::npos);
  const auto verdict = verdict_of(plan, {trials[1]});
  EXPECT_NE(table_of(verdict).find("1 of 40 trials"), std::string::npos);
  EXPECT_EQ(verdict.at("points")[0].at("sentence"), "only slow has valid trials (fast not run)");
}

TEST(VerdictFile, AShortMakespanIsNotRoundedAway) {
  const Plan plan = small_plan(2);
  auto trials = small_trials(plan);
  for (auto& trial : trials) trial["makespan_ns"] = trial.at("model") == "fast" ? 720 : 4'210;
  EXPECT_NE(table_of(verdict_of(plan, trials)).find("  720 ns  "), std::string::npos);
  for (auto& trial : trials) trial["makespan_ns"] = trial.at("model") == "fast" ? 4'210 : 9'000'000;
  EXPECT_NE(table_of(verdict_of(plan, trials)).find("  4.21 us  "), std::string::npos);
}

nlohmann::json tile(const char* label, std::vector<std::string> leaders, const char* verdict) {
  return {{"label", label}, {"leaders", leaders}, {"verdict", verdict}};
}

TEST(LeaderMap, HasARowALoadAndAColumnAnInFlight) {
  const nlohmann::json verdict{
      {"points",
       {tile("download local, 10 in flight", {"a"}, "wins"),
        tile("download local, 100 in flight", {"b", "a", "c"}, "tie"),
        tile("compute, grain 100, 2 in flight, 2 cores", {"a"}, "wins"),
        tile("download_compute, cpu_share 50, 10 in flight, 2 cores", {}, "none"),
        tile("download_compute, cpu_share 50, 100 in flight, 2 cores", {"b"}, "single"),
        tile("download_compute, cpu_share 50, 1000 in flight, 2 cores", {"c", "a"}, "unresolved")}}};
  EXPECT_EQ(leader_map_of(verdict),
            "who leads at                             10 in flight  100 in flight  1000 in flight\n"
            "download local                           a wins        b +2 tie\n"
            "download_compute, cpu_share 50, 2 cores  -             b alone        c +1 ?\n"
            "+N: and N more that are not told apart from it; ?: unresolved; alone: no other has valid trials; -: not "
            "ranked.\n");
  EXPECT_EQ(leader_map_of({{"points", {tile("compute, grain 100, 2 in flight", {"a"}, "wins")}}}), "");
}

}  // namespace
}  // namespace interleave
