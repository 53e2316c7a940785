// Cells of two stored runs: matched, judged against the margin, and never passed where nothing was compared.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/gate/comparison_sheet.hpp"
#include "tests/unit/harness/made_up_run.hpp"

namespace interleave {
namespace {

using nlohmann::json;

StoredRun a_run(std::uint32_t rounds, double slow_by = 1) {
  StoredRun run{.name = "run", .plan = small_plan(rounds), .trials = {}, .environment = nullptr};
  run.trials = small_trials(run.plan);
  for (json& trial : run.trials) {
    if (trial["model"] == "slow") trial["makespan_ns"] = trial["makespan_ns"].get<double>() * slow_by;
  }
  return run;
}

const ComparedCell& cell(const Comparison& comparison, const std::string& model) {
  for (const ComparedCell& each : comparison.cells) {
    if (each.model == model) return each;
  }
  throw std::out_of_range(model);
}

// As trials of a load that connects have it.
void serve(StoredRun& run, double cpu_per_request) {
  for (json& trial : run.trials) {
    const double noise = 1 + 0.001 * (trial["trial"].get<int>() % 7);
    trial["ledger"] = {{"requests", 1000}, {"cpu_ns", {{"total", 1000 * cpu_per_request * noise}}}};
  }
}

TEST(Comparisons, OneRunAgainstItselfPasses) {
  const Comparison comparison = compare(a_run(15), a_run(15), 0.05);
  ASSERT_EQ(comparison.cells.size(), 2U);
  EXPECT_EQ(comparison.count(CellVerdict::same), 2U);
  EXPECT_EQ(status_of(comparison), 0);
  EXPECT_DOUBLE_EQ(comparison.level_percent, 97.5) << "5 % shared among two cells";
}

TEST(Comparisons, SlowerByMoreThanTheMarginIsARegression) {
  const Comparison comparison = compare(a_run(15), a_run(15, 1.2), 0.05);
  EXPECT_EQ(cell(comparison, "slow").verdict, CellVerdict::slower);
  EXPECT_NEAR(cell(comparison, "slow").ratio.ratio, 1.2, 0.01);
  EXPECT_EQ(cell(comparison, "fast").verdict, CellVerdict::same);
  EXPECT_EQ(status_of(comparison), 1);
  EXPECT_EQ(status_of(compare(a_run(15, 1.2), a_run(15), 0.05)), 0) << "faster is no regression";
  EXPECT_EQ(cell(compare(a_run(15, 1.2), a_run(15), 0.05), "slow").verdict, CellVerdict::faster);
}

TEST(Comparisons, TheMarginIsTheUsers) {
  EXPECT_EQ(status_of(compare(a_run(15), a_run(15, 1.2), 0.3)), 0);
  EXPECT_EQ(status_of(compare(a_run(15), a_run(15, 1.2), 0.01)), 1);
}

TEST(Comparisons, AnIntervalAcrossTheMarginIsInconclusive) {
  const Comparison comparison = compare(a_run(15), a_run(15, 1.06), 0.06);
  EXPECT_EQ(cell(comparison, "slow").verdict, CellVerdict::unresolved);
  EXPECT_TRUE(cell(comparison, "slow").may_be_slower);
  EXPECT_EQ(status_of(comparison), 3);
  EXPECT_EQ(status_of(compare(a_run(15, 1.06), a_run(15), 0.06)), 0) << "it may be faster, but not slower";
}

TEST(Comparisons, TooFewRoundsAreInconclusive) {
  const Comparison comparison = compare(a_run(3), a_run(3), 0.05);
  EXPECT_EQ(comparison.count(CellVerdict::unresolved), 2U);
  EXPECT_EQ(status_of(comparison), 3);
  EXPECT_NE(sheet_of(comparison, "a", "b").summary.find("an interval takes 5 valid rounds"), std::string::npos);
}

// A load that deals waits compares CPU, and who no longer keeps up has regressed, however cheap.
TEST(Comparisons, WhoNoLongerKeepsUpIsSlower) {
  StoredRun base = a_run(15), fresh = a_run(15);
  for (StoredRun* run : {&base, &fresh}) {
    run->plan.points[0].ranks_by = RanksBy::cpu_keeping_up;
    for (json& trial : run->trials) {
      trial["efficiency"] = run == &base || trial["model"] == "fast" ? 0.99 : 0.7;
      trial["cpu_per_item_ns"] = run == &base ? 1000 + trial["round"].get<int>() : 900;
    }
  }
  EXPECT_EQ(cell(compare(base, fresh, 0.05), "slow").verdict, CellVerdict::slower);
  EXPECT_EQ(cell(compare(base, fresh, 0.05), "fast").verdict, CellVerdict::faster);
}

TEST(Comparisons, AVoidCellIsAGapAndNamed) {
  StoredRun fresh = a_run(15);
  for (json& trial : fresh.trials) {
    if (trial["model"] == "slow") spoil(trial, "void", reason("oracle", "item 3 is missing"));
  }
  const Comparison comparison = compare(a_run(15), fresh, 0.05);
  ASSERT_EQ(comparison.gaps.size(), 1U);
  EXPECT_EQ(comparison.gaps[0].model, "slow");
  EXPECT_EQ(comparison.gaps[0].what, "void in NEW: oracle: item 3 is missing");
  EXPECT_EQ(status_of(comparison), 4);
  EXPECT_EQ(compare(fresh, a_run(15), 0.05).gaps.at(0).what, "void in BASE: oracle: item 3 is missing");
}

TEST(Comparisons, AModelOrLoadOfOneRunAloneIsAGap) {
  StoredRun more = a_run(15);
  more.plan.points.push_back(made_up_point("q", "another load", 1));
  more.plan.models.emplace_back().name = "third";
  order_trials(more.plan);
  more.trials = small_trials(more.plan);
  const Comparison grown = compare(a_run(15), more, 0.05), shrunk = compare(more, a_run(15), 0.05);
  ASSERT_EQ(grown.gaps.size(), 2U);
  EXPECT_EQ(grown.gaps[0].what, "only in NEW: a new cell");
  EXPECT_EQ(grown.gaps[1].what, "only in NEW: a new load");
  EXPECT_EQ(shrunk.gaps.size(), 2U);
  EXPECT_EQ(status_of(grown), 4);
  EXPECT_EQ(status_of(shrunk), 4);
}

TEST(Comparisons, OneIdWithTwoLoadsIsAGap) {
  StoredRun other = a_run(15);
  other.plan.points[0].load.items += 1;
  EXPECT_EQ(status_of(compare(a_run(15), other, 0.05)), 4);
  StoredRun reseeded = a_run(15);
  reseeded.plan.points[0].load.seed += 1;
  EXPECT_EQ(status_of(compare(a_run(15), reseeded, 0.05)), 0);
}

// A model made twenty times slower ran out of patience, and the gate went green.
TEST(Comparisons, TooSlowIsTheWorstResultAndNoHole) {
  StoredRun fresh = a_run(15);
  for (json& trial : fresh.trials) {
    if (trial["model"] == "slow" && trial["round"] > 0) spoil(trial, "skipped", reason("patience", "takes 4 s"));
  }
  const Comparison comparison = compare(a_run(15), fresh, 0.05);
  EXPECT_EQ(cell(comparison, "slow").verdict, CellVerdict::slower);
  EXPECT_EQ(status_of(comparison), 1);
  EXPECT_EQ(cell(compare(fresh, a_run(15), 0.05), "slow").verdict, CellVerdict::faster);
  const Comparison both = compare(fresh, fresh, 0.05);
  EXPECT_EQ(both.cells.size(), 1U);
  EXPECT_EQ(both.left_out.size(), 1U);
}

TEST(Comparisons, NothingComparedIsNeverAPass) {
  StoredRun none = a_run(15);
  for (json& trial : none.trials) spoil(trial, "skipped", reason("limit", "no room"));
  EXPECT_EQ(status_of(compare(none, none, 0.05)), 3);
  none.trials.clear();
  EXPECT_EQ(status_of(compare(none, none, 0.05)), 3);
}

TEST(Comparisons, TheServerIsACellOfEachLoad) {
  StoredRun base = a_run(15), fresh = a_run(15);
  serve(base, 2000);
  serve(fresh, 2600);
  const Comparison comparison = compare(base, fresh, 0.05);
  ASSERT_EQ(comparison.cells.size(), 3U);
  EXPECT_EQ(cell(comparison, kServerCell).verdict, CellVerdict::slower);
  EXPECT_NEAR(cell(comparison, kServerCell).ratio.ratio, 1.3, 0.01);
  EXPECT_EQ(status_of(comparison), 1);
  EXPECT_EQ(compare(base, a_run(15), 0.05).gaps.at(0).what, "no figures in NEW");
}

TEST(Comparisons, RoundsOfTheServerHaveAllModels) {
  StoredRun run = a_run(15);
  serve(run, 2000);
  spoil(run.trials[0], "void", reason("oracle", "wrong"));
  EXPECT_EQ(server_cpu_per_request(run, "p", {"fast", "slow"}).size(), 14U);
  EXPECT_EQ(server_cpu_per_request(run, "p", {"slow"}).size(), 15U);
}

TEST(Comparisons, AnotherMachineBuildOrSeedIsSaid) {
  StoredRun base = a_run(15), fresh = a_run(15);
  base.environment = {{"machine", {{"cpu", "A"}}}, {"build", {{"compiler", "GNU 12"}, {"flags", "-O3"}}}};
  fresh.environment = {{"machine", {{"cpu", "B"}}}, {"build", {{"compiler", "GNU 12"}, {"flags", "-O2"}}}};
  fresh.plan.seed = base.plan.seed + 1;
  const std::vector<std::string> differences = compare(base, fresh, 0.05).differences;
  ASSERT_EQ(differences.size(), 3U);
  EXPECT_EQ(differences[0], "another machine: processor: A then, B now");
  EXPECT_EQ(differences[1], "another flags: -O3 then, -O2 now");
  EXPECT_NE(differences[2].find("another seed"), std::string::npos);
}

TEST(Comparisons, JsonHasNoInfinity) {
  StoredRun fresh = a_run(15);
  for (json& trial : fresh.trials) {
    if (trial["model"] == "slow") spoil(trial, "skipped", reason("patience", "takes 4 s"));
  }
  const json said = json_of(compare(a_run(15), fresh, 0.05), "a", "b");
  EXPECT_EQ(said["exit_status"], 1);
  EXPECT_EQ(said["cells"][1]["verdict"], "slower");
  EXPECT_TRUE(said["cells"][1]["ratio"].is_null());
}

}  // namespace
}  // namespace interleave
