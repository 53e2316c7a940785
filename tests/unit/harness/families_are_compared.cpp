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
  double cpu_us = 10, efficiency = 0.99, makespan_ms = 10, bytes = 1000;
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

TEST(Families, AreNotThereForFewerThanTwo) {
  MadeUp run = made_up();
  for (PlannedModel& model : run.plan.models) model.bears_family = model.name == "loop";
  EXPECT_TRUE(run.families().is_null());
  EXPECT_TRUE(run.sentences().empty());
  EXPECT_EQ(family_table_of(nullptr), "");
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
  EXPECT_TRUE(run.says("Where nothing waits, callbacks are cheapest; processes take 2.0 times their CPU."));
  run.shown["flat"]["pool_of_threads"].cpu_us = 4;
  EXPECT_TRUE(run.says("Where nothing waits, threads are cheapest; processes take 5.0 times their CPU."));
  for (auto& [model, shown] : run.shown["flat"]) shown.cpu_us = 10;
  EXPECT_TRUE(run.says("Where nothing waits, all families take the same CPU per item."));
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

TEST(FamilySentences, WhatOneThingCosts) {
  MadeUp run = made_up();
  EXPECT_TRUE(run.says("twin takes 4 % more CPU than its counterpart loop."));
  std::vector<json> trials = run.trials();
  for (json& trial : trials) {
    if (trial.at("model") == "twin") trial["cpu_per_item_ns"] = trial.at("round").get<int>() % 2 == 0 ? 9'000 : 11'000;
  }
  EXPECT_EQ(verdict_of(run.plan, trials).at("sentences").dump().find("counterpart"), std::string::npos)
      << "not told apart";
}

}  // namespace
}  // namespace interleave
