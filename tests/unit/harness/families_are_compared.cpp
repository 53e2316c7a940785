// The answer for families: factors over the best that keeps up, the table, and sentences that fall with their figures.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/verdict/family_sentences.hpp"
#include "harness/verdict/family_table.hpp"
#include "harness/verdict/verdict.hpp"
#include "harness/verdict/wrapped.hpp"
#include "tests/unit/harness/made_up_run.hpp"

namespace interleave {
namespace {

using nlohmann::json;

// What a model shows at a load, the same in each round but for a little.
struct Shown {
  double cpu_us = 10, efficiency = 0.99, makespan_ms = 10, bytes = 1000, lag_ms = 1;
};
using ByModel = std::map<std::string, Shown>;

struct MadeUp {
  Plan plan;
  std::map<std::string, ByModel> shown;  // by point

  json families() const { return verdict_of(plan, trials()).at("families"); }
  std::vector<std::string> sentences() const { return verdict_of(plan, trials()).at("sentences"); }
  bool says(const std::string& sentence) const {
    const auto all = sentences();
    return std::find(all.begin(), all.end(), sentence) != all.end();
  }
  bool says_about(const std::string& words) const {
    const auto all = sentences();
    return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.find(words) != each.npos; });
  }
  std::vector<json> trials() const {
    std::vector<json> all = small_trials(plan);
    for (json& trial : all) {
      const Shown& at = shown.at(trial.at("point")).at(trial.at("model"));
      const double little = 1 + 1e-4 * trial.at("round").get<double>();
      trial["cpu_per_item_ns"] = 1e3 * at.cpu_us * little;
      trial["efficiency"] = at.efficiency > 0 ? json(at.efficiency) : json(nullptr);
      trial["makespan_ns"] = 1e6 * at.makespan_ms * little;
      trial["memory"] = {{"per_item_bytes", at.bytes}};
      trial["tape"] = {{"wake_up_lag_ns", {{"p99", 1e6 * at.lag_ms * little}}}};
    }
    return all;
  }
};

void add_point(MadeUp& run, const std::string& id, std::uint32_t in_flight, RanksBy by, const std::string& said,
               std::uint32_t cores = 1) {
  Point point = made_up_point(id, id, in_flight);
  point.ranks_by = by;
  point.said = said;
  point.load.cores = cores;
  run.plan.points.push_back(point);
  const double efficiency = by == RanksBy::cpu_per_item ? 0 : 0.99;
  run.shown[id] = {{"pool_of_processes", {.cpu_us = 20, .efficiency = efficiency, .bytes = 40'000}},
                   {"pool_of_threads", {.cpu_us = 15, .efficiency = efficiency, .bytes = 10'000}},
                   {"loop", {.cpu_us = 10, .efficiency = efficiency}},
                   {"tasks", {.cpu_us = 10.2, .efficiency = efficiency}},
                   {"twin", {.cpu_us = 10.4, .efficiency = efficiency}}};
}

MadeUp made_up() {
  MadeUp run;
  run.plan = small_plan(12);
  run.plan.models.clear();
  run.plan.points.clear();
  for (const auto& [name, family] : std::map<std::string, std::string>{{"pool_of_processes", "processes"},
                                                                       {"pool_of_threads", "threads"},
                                                                       {"loop", "callbacks"},
                                                                       {"tasks", "coroutines"},
                                                                       {"twin", "coroutines"}}) {
    PlannedModel model;
    model.name = name;
    model.family = family;
    model.bears_family = name != "twin";
    if (name == "loop") model.counterparts = {"twin"};
    run.plan.models.push_back(model);
  }
  add_point(run, "flat", 100, RanksBy::cpu_per_item, "fetch flat out, 100 at once");
  add_point(run, "wait_10", 10, RanksBy::cpu_keeping_up, "");
  add_point(run, "wait_100", 100, RanksBy::cpu_keeping_up, "fetch, 100 at once");
  add_point(run, "wait_1000", 1000, RanksBy::cpu_keeping_up, "fetch, 1000 at once");
  add_point(run, "sums", 2, RanksBy::makespan, "compute, 2 cores", 2);
  run.shown["sums"]["loop"].makespan_ms = run.shown["sums"]["tasks"].makespan_ms = 19;
  order_trials(run.plan);
  return run;
}

MadeUp made_up_of_loads(int loads) {
  MadeUp run = made_up();
  for (int i = 0; i < loads; ++i)
    add_point(run, "more_" + std::to_string(i), 100, RanksBy::cpu_per_item, "fetch flat out, 100 at once");
  order_trials(run.plan);
  return run;
}

const json& row_of(const json& families, const std::string& point) {
  for (const json& row : families.at("rows")) {
    if (row.at("point") == point) return row;
  }
  throw std::out_of_range(point);
}
const json& cell_of(const json& families, const std::string& point, const std::string& family) {
  for (const json& cell : row_of(families, point).at("cells")) {
    if (cell.at("family") == family) return cell;
  }
  throw std::out_of_range(family);
}

TEST(Families, AreSoManyTimesWorseThanTheBest) {
  const json families = made_up().families();
  EXPECT_EQ(row_of(families, "flat").at("best"), "loop");
  EXPECT_NEAR(cell_of(families, "flat", "threads").at("factor"), 1.5, 0.01);
  EXPECT_TRUE(cell_of(families, "flat", "threads").at("told_apart"));
  EXPECT_NEAR(cell_of(families, "sums", "callbacks").at("factor"), 1.9, 0.01) << "time, where items compute";
  EXPECT_EQ(cell_of(families, "flat", "coroutines").at("variant").at("model"), "twin");
}

TEST(Families, SayWhatACoreCarriesAndAGibibyteHolds) {
  const json figures = row_of(made_up().families(), "flat").at("figures").at("pool_of_threads");
  EXPECT_NEAR(figures.at("items_per_core_s").at("median"), 1e9 / 15'000, 100);
  EXPECT_LT(figures.at("items_per_core_s").at("low"), figures.at("items_per_core_s").at("high"));
  EXPECT_NEAR(figures.at("in_flight_per_gib").at("median"), 1024.0 * 1024 * 1024 / 10'000, 1);
  EXPECT_TRUE(figures.at("loop_lag_p99_ns").is_null()) << "it has no loop";
}

TEST(Families, WhoDoesNotKeepUpIsNotBestHoweverCheap) {
  MadeUp run = made_up();
  run.shown["wait_100"]["loop"] = {.cpu_us = 1, .efficiency = 0.80};
  const json families = run.families();
  EXPECT_EQ(row_of(families, "wait_100").at("best"), "tasks");
  EXPECT_EQ(cell_of(families, "wait_100", "callbacks").at("status"), "too_slow");
  EXPECT_EQ(cell_of(families, "wait_100", "callbacks").at("keeps_up"), "no");
}

TEST(Families, WhatNoiseHidesIsNotToldApart) {
  MadeUp run = made_up();
  std::vector<json> trials = run.trials();
  for (json& trial : trials) {
    if (trial.at("model") == "tasks") trial["cpu_per_item_ns"] = trial.at("round").get<int>() % 2 == 0 ? 9'000 : 11'000;
  }
  const json families = verdict_of(run.plan, trials).at("families");
  EXPECT_FALSE(cell_of(families, "flat", "coroutines").at("told_apart"));
}

TEST(Families, ModelsThatStandForNoneHaveFiguresAndCounterparts) {
  MadeUp run = made_up_of_loads(4);
  for (PlannedModel& model : run.plan.models) model.bears_family = model.name == "loop";
  const json families = run.families();
  EXPECT_NEAR(row_of(families, "flat").at("figures").at("twin").at("cpu_per_item_ns").at("median"), 10'400, 10);
  EXPECT_EQ(run.sentences(), std::vector<std::string>{"twin takes 4 % more CPU than its counterpart loop."});
  EXPECT_EQ(family_table_of(families), "") << "one family is no table";
}

const json& limit_of(const json& families, const std::string& model) {
  for (const json& cell : families.at("limits").at(0).at("cells")) {
    if (cell.at("model") == model) return cell;
  }
  throw std::out_of_range(model);
}

TEST(FamilyLimits, AreTheLastRungsThatAreKeptUpWith) {
  MadeUp run = made_up();
  run.shown["wait_1000"]["pool_of_threads"].efficiency = 0.9;
  run.shown["wait_100"]["pool_of_processes"].efficiency = 0.9;
  run.shown["wait_10"]["tasks"].efficiency = 0.9;
  const json families = run.families();
  EXPECT_EQ(families.at("limits").size(), 1U) << "loads without waits ask nobody to keep up";
  EXPECT_EQ(families.at("limits")[0].at("points"), (json{"wait_10", "wait_100", "wait_1000"}));
  const auto is = [&](const std::string& model, const json& limit, const json& low, const json& first_failed) {
    const json& cell = limit_of(families, model);
    return cell.at("limit") == limit && cell.at("low") == low && cell.at("first_failed") == first_failed;
  };
  EXPECT_TRUE(is("loop", 1000, 1000, nullptr)) << "it goes on beyond the last";
  EXPECT_TRUE(is("pool_of_threads", 100, 100, 1000));
  EXPECT_TRUE(is("pool_of_processes", 10, 10, 100)) << "what it does at 1000 is not asked any more";
  EXPECT_TRUE(is("tasks", nullptr, nullptr, 10));
}

TEST(FamilyLimits, HaveTheIntervalThatNoiseLeaves) {
  MadeUp run = made_up();
  auto trials = run.trials();
  for (json& trial : trials) {
    if (trial.at("point") == "wait_100" && trial.at("model") == "loop")
      trial["efficiency"] = trial.at("round").get<int>() % 2 == 0 ? 0.9 : 0.99;
    if (trial.at("point") == "wait_1000" && trial.at("model") == "loop") trial["efficiency"] = 0.9;
  }
  const json families = verdict_of(run.plan, trials).at("families");
  const json& cell = limit_of(families, "loop");
  EXPECT_EQ(cell.at("low"), 10);
  EXPECT_EQ(cell.at("first_failed"), 1000);
}

TEST(FamilyLimits, AreNotSureByFewRounds) {
  MadeUp run = made_up();
  run.shown["wait_1000"]["loop"].efficiency = 0.9;
  run.plan.rounds = 3;
  order_trials(run.plan);
  const json families = run.families();
  const json& cell = limit_of(families, "loop");
  EXPECT_EQ(cell.at("limit"), 100);
  EXPECT_TRUE(cell.at("low").is_null() && cell.at("first_failed").is_null()) << cell;
}

TEST(FamilyTable, FitsEightyColumnsAndShowsTheLoadsThatStandForTheirKind) {
  MadeUp run = made_up();
  run.plan.points[0].said = "fetch flat out with a very long description of what it is, 100 at once";
  const std::string table = family_table_of(run.families());
  EXPECT_LE(width_of(table), kColumns);
  EXPECT_NE(table.find("best"), table.npos);
  EXPECT_NE(table.find("+50 %"), table.npos);
  EXPECT_EQ(table.find("wait_10,"), table.npos) << "it has no plain words";
  for (Point& point : run.plan.points) point.said = "";
  EXPECT_NE(family_table_of(run.families()).find("wait_10,"), table.npos) << "where none has, all are shown";
}

// Each sentence, and what makes it false.
TEST(FamilySentences, TheCheapest) {
  MadeUp run = made_up();
  EXPECT_TRUE(
      run.says("Where nothing waits, callbacks and coroutines are cheapest; processes take 2.0 times their CPU."))
      << "2 % apart";
  run.shown["flat"]["tasks"].cpu_us = 11;
  EXPECT_TRUE(run.says("Where nothing waits, callbacks are cheapest; processes take 2.0 times their CPU."));
  run.shown["flat"]["pool_of_threads"].cpu_us = 4;
  EXPECT_TRUE(run.says("Where nothing waits, threads are cheapest; processes take 5.0 times their CPU."));
  for (auto& [model, shown] : run.shown["flat"]) shown.cpu_us = 10;
  EXPECT_TRUE(run.says("Where nothing waits, all families take the same CPU per item."));
}

TEST(FamilySentences, TheCheapestIsNotCalledSoByNoise) {
  MadeUp run = made_up();
  for (auto& [model, shown] : run.shown["flat"]) shown.cpu_us = 10;
  std::vector<json> trials = run.trials();
  for (json& trial : trials) {
    if (trial.at("model") == "pool_of_processes")
      trial["cpu_per_item_ns"] = trial.at("round").get<int>() % 3 == 0 ? 9'000 : 11'000;
  }
  EXPECT_EQ(verdict_of(run.plan, trials).at("sentences").dump().find("nothing waits"), std::string::npos);
}

TEST(FamilySentences, TheCheapestIsToldByLoadsWhereThereAreFewRounds) {
  MadeUp run = made_up_of_loads(6);
  std::vector<json> trials = run.trials();
  const auto is_late = [](const json& trial) { return trial.at("round") >= 3; };
  trials.erase(std::remove_if(trials.begin(), trials.end(), is_late), trials.end());
  EXPECT_NE(verdict_of(run.plan, trials).at("sentences").dump().find("processes take 2.0 times"), std::string::npos);
}

TEST(FamilySentences, TheCheapestIsToldThoughTheBaseLineIsAtFewLoads) {
  MadeUp run = made_up_of_loads(2);
  run.plan.models.back().family = "sequential";
  run.plan.models.back().bears_family = true;
  std::vector<json> trials = run.trials();
  for (json& trial : trials) {
    if (trial.at("model") == "twin" && trial.at("point") != "flat") spoil(trial, "skipped", reason("limit", "one"));
  }
  EXPECT_NE(verdict_of(run.plan, trials).at("sentences").dump().find("processes take 2.0 times"), std::string::npos);
}

TEST(FamilySentences, TheCheapestIsToldFromLoadsThatAllWereAt) {
  MadeUp run = made_up_of_loads(2);
  std::vector<json> trials = run.trials();
  for (json& trial : trials) {
    if (trial.at("point") == "more_0" && trial.at("model") == "loop") spoil(trial, "void", reason("tape", "lost"));
    else if (trial.at("point") == "more_0") trial["cpu_per_item_ns"] = 1000;
  }
  EXPECT_NE(verdict_of(run.plan, trials).at("sentences").dump().find("callbacks and coroutines are cheapest"),
            std::string::npos);
}

TEST(FamilySentences, HowFarThreadsKeepUp) {
  MadeUp run = made_up();
  EXPECT_TRUE(
      run.says("Where items wait, threads keep up with event loops up to 1000 in flight, at 1.5 times their CPU."));
  run.shown["wait_1000"]["pool_of_threads"].efficiency = 0.9;
  EXPECT_TRUE(
      run.says("Where items wait, threads keep up with event loops up to 100 in flight, at 1.5 times their CPU."));
  run.shown["wait_10"]["pool_of_threads"].efficiency = 0.9;
  EXPECT_TRUE(run.says("Where items wait, threads do not keep up, even with 10 in flight."));
  EXPECT_FALSE(run.says_about("threads keep up"));
  add_point(run, "other_10", 10, RanksBy::cpu_keeping_up, "");
  order_trials(run.plan);
  EXPECT_TRUE(run.says("Where items wait, threads do not keep up everywhere, even with 10 in flight."));
}

TEST(FamilySentences, NobodyKeepsUpWithLoopsThatDoNot) {
  MadeUp run = made_up();
  for (const char* const loops : {"loop", "tasks"}) run.shown["wait_1000"][loops].efficiency = 0.9;
  EXPECT_FALSE(run.says_about("threads keep up with event loops up to 1000"));
}

TEST(FamilySentences, WhoUsesTheCores) {
  MadeUp run = made_up();
  EXPECT_TRUE(run.says("On 2 cores, processes and threads compute 1.9 times as fast as callbacks and coroutines."));
  run.shown["sums"]["loop"].makespan_ms = run.shown["sums"]["tasks"].makespan_ms = 10.5;
  EXPECT_FALSE(run.says_about("cores"));
  run.shown["sums"]["pool_of_threads"].makespan_ms = 14.5;
  run.shown["sums"]["loop"].makespan_ms = run.shown["sums"]["tasks"].makespan_ms = 15.5;
  EXPECT_FALSE(run.says_about("cores")) << "threads are hardly faster than callbacks";
  run.shown["sums"]["pool_of_threads"].makespan_ms = 11;
  run.shown["sums"]["loop"].makespan_ms = 22;
  run.shown["sums"]["tasks"].makespan_ms = 40;
  EXPECT_TRUE(run.says("On 2 cores, processes and threads compute 2.0 times as fast as callbacks and coroutines."))
      << "each of them, of each of the others";
}

TEST(FamilySentences, WhatTheyTakeOfTheMemory) {
  MadeUp run = made_up();
  EXPECT_TRUE(run.says_about("With 1000 in flight, processes take 40 times the memory of"));
  for (auto& [model, shown] : run.shown["wait_1000"]) shown.bytes = 1000;
  EXPECT_FALSE(run.says_about("the memory of"));
}

TEST(FamilySentences, WhoIsSteadiest) {
  MadeUp run = made_up();
  EXPECT_FALSE(run.says_about("as late as")) << "all are alike";
  run.shown["wait_1000"]["pool_of_threads"].lag_ms = 5;
  EXPECT_TRUE(run.says_about("With 1000 in flight, threads wake up 5.0 times as late as"));
}

TEST(FamilySentences, WhatAPolicyBuys) {
  MadeUp run = made_up();
  for (const char* const offload : {"inline", "threads"}) {
    add_point(run, offload, 50, RanksBy::makespan, "");
    run.plan.points.back().load.parameters["cpu_share"] = "50";
    run.plan.points.back().load.policies["offload"] = offload;
  }
  order_trials(run.plan);
  EXPECT_FALSE(run.says_about("offload"));
  run.shown["inline"]["loop"].lag_ms = 8;
  EXPECT_TRUE(
      run.says("With 50 in flight, cpu_share 50, offload threads lets callbacks wake up 8.0 times sooner (p99) "
               "than inline."));
  run.plan.points.back().load.parameters["cpu_share"] = "10";
  EXPECT_FALSE(run.says_about("offload")) << "two things differ";
  run.plan.points.back().load.parameters["cpu_share"] = "50";
  std::vector<json> trials = run.trials();
  for (json& trial : trials) {
    if (trial.at("point") == "inline" && trial.at("round").get<int>() % 2 == 0)
      trial["tape"]["wake_up_lag_ns"]["p99"] = 1e6;
  }
  EXPECT_EQ(verdict_of(run.plan, trials).at("sentences").dump().find("offload"), std::string::npos)
      << "as often as not";
}

TEST(FamilySentences, WhatOneThingCosts) {
  EXPECT_FALSE(made_up().says_about("counterpart")) << "four loads are too few to speak for loads";
  const MadeUp run = made_up_of_loads(4);
  EXPECT_TRUE(run.says("twin takes 4 % more CPU than its counterpart loop."));
  std::vector<json> trials = run.trials();
  for (json& trial : trials) {
    const double takes = std::hash<std::string>()(trial.at("point")) % 2 == 0 ? 9'000 : 11'000;
    if (trial.at("model") == "twin") trial["cpu_per_item_ns"] = takes;
  }
  EXPECT_EQ(verdict_of(run.plan, trials).at("sentences").dump().find("counterpart"), std::string::npos)
      << "not told apart";
}

TEST(Counterparts, SpeakForLoadsHoweverLongEachRaced) {
  MadeUp run = made_up_of_loads(4);
  run.shown["flat"]["twin"].cpu_us = run.shown["wait_10"]["twin"].cpu_us = 5;
  std::vector<json> trials = run.trials();
  const auto is_over = [](const json& trial) {
    return trial.at("round") >= 3 && trial.at("point") != "flat" && trial.at("point") != "wait_10";
  };
  trials.erase(std::remove_if(trials.begin(), trials.end(), is_over), trials.end());
  const json pair = verdict_of(run.plan, trials).at("families").at("counterparts").at(0);
  EXPECT_NEAR(pair.at("cpu_ratio"), 1.04, 1e-3) << "as in six of eight loads";
  EXPECT_EQ(pair.at("loads"), 8);
}

TEST(Counterparts, AreNotComparedWhereOneDoesNotKeepUp) {
  MadeUp run = made_up_of_loads(4);
  run.shown["wait_1000"]["twin"] = {.cpu_us = 1, .efficiency = 0.5};
  const json pair = verdict_of(run.plan, run.trials()).at("families").at("counterparts").at(0);
  EXPECT_EQ(pair.at("loads"), 7) << "what is not delivered costs nothing";
}

}  // namespace
}  // namespace interleave
