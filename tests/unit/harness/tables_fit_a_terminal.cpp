// The table of winners, its notes and the map of leaders: whole, folded, and never wider than 80 columns.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/verdict/leader_map.hpp"
#include "harness/verdict/table.hpp"
#include "harness/verdict/verdict.hpp"
#include "harness/verdict/wrapped.hpp"
#include "tests/unit/harness/made_up_run.hpp"

namespace interleave {
namespace {

using nlohmann::json;

// A table as one line, so that a sentence is found wherever its lines break.
std::string joined(const std::string& text) {
  std::istringstream in(text);
  std::string line;
  for (std::string word; in >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

std::size_t times(const std::string& what, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

std::string table_for(const Plan& plan, const std::vector<json>& trials) { return table_of(verdict_of(plan, trials)); }

TEST(Wrapped, BreaksAtBlanksAndLongWords) {
  EXPECT_EQ(wrapped("a: ", "b c", 2), "a: b c\n");
  const std::string text = wrapped("start: ", "word " + std::string(200, 'x') + " " + std::string(78, 'y'), 2);
  EXPECT_LE(width_of(text), kColumns);
  EXPECT_EQ(times("x", text), 200U);
  EXPECT_EQ(times("y", text), 78U);
  EXPECT_EQ(times(" \n", text), 0U);
}

TEST(Table, SaysWhoWinsByHowMuchAndFromWhat) {
  const Plan plan = small_plan(20);
  const std::string text = joined(table_for(plan, small_trials(plan)));
  EXPECT_NE(text.find("a load, 10 in flight, by makespan wins fast: 1.05 ms, 5"), std::string::npos) << text;
  EXPECT_NE(text.find("% over slow"), std::string::npos);
  EXPECT_NE(text.find("within +-5 %"), std::string::npos) << "the margin is always shown";
  EXPECT_EQ(times("one run's error rate", text), 1U);
  EXPECT_EQ(text.find("of 20 rounds"), std::string::npos);
}

TEST(Table, AnInterruptedRunIsNotTakenForAWholeOne) {
  const Plan plan = small_plan(20);
  auto trials = small_trials(plan);
  EXPECT_EQ(table_for(plan, trials).find("Not finished"), std::string::npos);
  trials.resize(12);
  const std::string text = table_for(plan, trials);
  EXPECT_NE(text.find("Not finished: 12 of 40 trials"), std::string::npos);
  EXPECT_NE(joined(text).find("6 of 20 rounds"), std::string::npos) << "what the verdict rests on";
  const auto verdict = verdict_of(plan, {trials[1]});
  EXPECT_EQ(verdict.at("points")[0].at("sentence"), "only slow is ranked (fast not run)");
}

TEST(Table, SaysWhereThereIsNoInterval) {
  const Plan plan = small_plan(5);
  EXPECT_NE(joined(table_for(plan, small_trials(plan))).find("1 of 1 pairs have too few rounds for an interval"),
            std::string::npos);
}

TEST(Table, AShortMakespanIsNotRoundedAway) {
  const Plan plan = small_plan(2);
  auto trials = small_trials(plan);
  for (auto& trial : trials) trial["makespan_ns"] = trial.at("model") == "fast" ? 720 : 4'210;
  EXPECT_NE(table_for(plan, trials).find(" 720 ns,"), std::string::npos);
  for (auto& trial : trials) trial["makespan_ns"] = trial.at("model") == "fast" ? 4'210 : 9'000'000;
  EXPECT_NE(table_for(plan, trials).find(" 4.21 us,"), std::string::npos);
}

// Twelve lines said the same of twelve loads, 230 columns wide.
TEST(Table, FoldsWhatWasLeftOutByModelAndKindOfReason) {
  Plan plan = small_plan(4);
  plan.points.clear();
  for (std::uint32_t n = 1; n <= 12; ++n)
    plan.points.push_back(made_up_point("p" + std::to_string(n), "a load of some length, offload inline", n * 10));
  order_trials(plan);
  auto trials = small_trials(plan);
  for (json& trial : trials) {
    if (trial["model"] != "fast") continue;
    const std::string asked = std::to_string(trial["trial"].get<int>());
    if (trial["round"] == 0)
      spoil(trial, "void", reason("sustained", ("at most 5 of " + asked + " in flight").c_str()));
    if (trial["round"] == 1) spoil(trial, "void", reason("census", (asked + " threads counted").c_str()));
  }
  for (const Point& point : plan.points)
    plan.skips.push_back({"slow", point.id, "in_flight " + point.id.substr(1) + " is above 7"});
  const std::string text = table_for(plan, trials);
  EXPECT_LE(width_of(text), kColumns) << text;
  EXPECT_EQ(times("void: fast:", text), 2U) << text;
  EXPECT_EQ(times("skipped: slow:", text), 1U) << text;
  EXPECT_NE(joined(text).find("void: fast: 12 of 48 rounds, counted as lost: sustained: at most 5 of 0 in flight "
                              "(a load of some length, offload inline, 10 in flight, and 11 more)"),
            std::string::npos)
      << text;
  EXPECT_NE(joined(text).find("void: fast: 12 of 48 trials: census: "), std::string::npos);
}

TEST(Table, WhatIsTooSlowIsShownLast) {
  const Plan plan = small_plan(20);
  auto trials = small_trials(plan);
  for (std::size_t i = 5; i < trials.size(); i += 2)
    spoil(trials[i], "skipped", reason("patience", "a trial takes 9.00 s, > 5.00 s"));
  const std::string text = joined(table_for(plan, trials));
  EXPECT_NE(text.find("single fast: 1.05 ms"), std::string::npos) << text;
  EXPECT_NE(text.find("last: slow (too slow)"), std::string::npos) << text;
  EXPECT_NE(text.find("too slow: slow: last place: a trial takes 9.00 s, > 5.00 s (a load, 10 in flight)"),
            std::string::npos)
      << text;
}

TEST(Table, ALoadThatEveryModelSkipsStaysWithItsReason) {
  Plan plan = small_plan(2);
  const auto trials = small_trials(plan);
  for (const PlannedModel& model : plan.models) plan.skips.push_back({model.name, "far", "raise ulimit -n"});
  const std::string text = table_for(plan, trials);
  EXPECT_NE(joined(text).find("far - not ranked: every model was skipped here: raise ulimit -n"), std::string::npos);
  EXPECT_EQ(times("skipped: fast: raise ulimit -n (far)", text), 1U) << text;
}

TEST(Table, IsNeverWiderThanATerminal) {
  Plan plan = small_plan(6);
  plan.models.clear();
  for (int i = 0; i < 17; ++i) plan.models.emplace_back().name = "a_model_with_a_long_name_" + std::to_string(i);
  plan.points.clear();
  for (const std::uint32_t n : {10U, 100U, 1000U, 10'000U}) {
    plan.points.push_back(
        made_up_point("p" + std::to_string(n), "download_compute delay 5-15ms, cpu_share 50, offload threads", n));
    plan.points.back().load.cores = 2;
  }
  plan.points.push_back(made_up_point(std::string(120, 'w'), std::string(120, 'v'), 7));
  order_trials(plan);
  const std::string text = table_for(plan, small_trials(plan));
  EXPECT_LE(width_of(text), kColumns) << text;
  EXPECT_NE(text.find("who leads at"), std::string::npos);
}

// `leaders`: their families; two models of one may lead.
json tile(const char* series, int in_flight, int cores, const std::vector<std::string>& leaders, const char* verdict,
          const json& lead = nullptr) {
  json cells = json::array(), names = json::array();
  for (const std::string& family : leaders) {
    names.push_back("model " + std::to_string(names.size()));
    cells.push_back({{"model", names.back()}, {"family", family}});
  }
  return {{"series", series},   {"in_flight", in_flight}, {"cores", cores},      {"leaders", names},
          {"verdict", verdict}, {"cells", cells},         {"lead_percent", lead}};
}

TEST(LeaderMap, HasARowALoadAndAColumnAnInFlight) {
  const json verdict{
      {"points",
       {tile("download local", 10, 1, {"callbacks"}, "wins", 12.3),
        tile("download local", 100, 1, {"threads", "threads"}, "tie"),
        tile("compute, grain 100", 2, 2, {"callbacks"}, "wins"), tile("mixed, share 50", 10, 2, {}, "none"),
        tile("mixed, share 50", 100, 2, {"threads"}, "single"),
        tile("mixed, share 50", 1000, 2, {"coroutines", "callbacks", "threads"}, "unresolved")}}};
  EXPECT_EQ(leader_map_of(verdict),
            "who leads at              10 in flight          100 in flight  1000 in flight\n"
            "download local            callbacks +12 % wins  threads tie\n"
            "mixed, share 50, 2 cores  -                     threads alone  coroutines +2 ?\n"
            "+N: and N more families that are not told apart from it; +N %: its lead; ?:\n"
            "unresolved; alone: no other is ranked; -: not ranked.\n")
      << "narrow enough";
  EXPECT_EQ(leader_map_of({{"points", {tile("compute, grain 100", 2, 1, {"callbacks"}, "wins")}}}), "");
}

TEST(LeaderMap, IsAListWhereAGridIsTooWide) {
  const json verdict{{"points",
                      {tile("download delay 5-15ms", 10, 1, {"coroutines", "callbacks", "threads"}, "leading"),
                       tile("download delay 5-15ms", 100, 1, {"coroutines", "coroutines"}, "wins"),
                       tile("download delay 5-15ms", 1000, 1, {"coroutines"}, "wins", 5.0),
                       tile("download delay 5-15ms", 10'000, 1, {"callbacks"}, "wins", 7.0)}}};
  const std::string text = leader_map_of(verdict);
  EXPECT_EQ(text.substr(0, text.find("+N")),
            "who leads at how many in flight\n"
            "download delay 5-15ms\n"
            "  10: coroutines +2; 100: coroutines wins; 1000: coroutines +5 % wins; 10000:\n"
            "    callbacks +7 % wins\n");
}

}  // namespace
}  // namespace interleave
