// A file of another machine: its times fail from 2x on, its counts exactly, and what is missing is named.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/gate/baseline_comparison.hpp"
#include "harness/posix/scratch.hpp"

namespace interleave {
namespace {

Baseline baseline(double cpu = 1000) {
  Baseline made;
  made.version = "1";
  made.commit = "abc";
  made.created = "2026-01-01T00:00:00Z";
  made.profile = "gate";
  made.rounds = 10;
  made.has_times = made.has_counts = true;
  made.machine = {{"cpu", "one"}};
  made.cpu_key = {{"cpu", "one"}};
  made.controls = {{"alu", 1}, {"echo", 10'000}};
  for (const char* const model : {"a", "b", "c"})
    made.cells.push_back({"p", "a load", model, "{}", {{"CPU an item", cpu}, {"server's CPU", 500}}});
  made.counts.push_back({"counted", "a", {{kSystemCalls, 2}, {kInstructions, 4000}}});
  return made;
}

const SheetRow* row(const BaselineComparison& of, const std::string& model, const std::string& quantity) {
  const auto at = std::find_if(of.sheet.rows.begin(), of.sheet.rows.end(),
                               [&](const SheetRow& each) { return each.model == model && each.quantity == quantity; });
  return at == of.sheet.rows.end() ? nullptr : &*at;
}

TEST(Baselines, TheSameBuildPasses) {
  const BaselineComparison said = compare_to(baseline(), baseline(), "b.json");
  EXPECT_EQ(said.status, 0);
  EXPECT_TRUE(said.sheet.notes.empty());
  ASSERT_NE(row(said, "a", "CPU an item"), nullptr);
  EXPECT_DOUBLE_EQ(*row(said, "a", "CPU an item")->ratio, 1);
}

TEST(Baselines, OneModelThatTakesTwiceAsLongFails) {
  Baseline now = baseline();
  now.cells[0].costs["CPU an item"] *= 2.1;
  EXPECT_EQ(compare_to(baseline(), now, "b.json").status, 1);
  now.cells[0].costs["CPU an item"] /= 1.2;
  EXPECT_EQ(compare_to(baseline(), now, "b.json").status, 0) << "1.75 may be the machine's";
}

TEST(Baselines, AMachineOfHalfTheSpeedIsNobodysRegression) {
  Baseline now = baseline();
  for (BaselineCell& cell : now.cells) cell.costs["CPU an item"] *= 3;
  EXPECT_EQ(compare_to(baseline(), now, "b.json").status, 1) << "on one machine it is what all models share";
  now.machine["cpu"] = "another";
  EXPECT_EQ(compare_to(baseline(), now, "b.json").status, 0) << "all models alike: not one of them";
  now.cells.resize(1);
  Baseline then = baseline();
  then.cells.resize(1);
  EXPECT_EQ(compare_to(then, now, "b.json").status, 1) << "nothing to compare with but the kernel, which is as fast";
  now.controls["echo"] *= 3;
  EXPECT_EQ(compare_to(then, now, "b.json").status, 0);
}

// A model that the baseline does not have, and that does not work, was in no table.
TEST(Baselines, WhatIsNewAndVoidIsAGap) {
  Baseline now = baseline();
  now.voids.push_back({"a load", "d", "void: worker: exit 5"});
  const BaselineComparison said = compare_to(baseline(), now, "b.json");
  EXPECT_EQ(said.status, 4);
  ASSERT_NE(row(said, "d", ""), nullptr);
  EXPECT_EQ(row(said, "d", "")->note, "new: void: worker: exit 5");
  now.voids = {{"a load", "d", "skipped: limit: one at a time"}};
  Baseline then = baseline();
  then.voids = now.voids;
  EXPECT_EQ(compare_to(then, now, "b.json").status, 0) << "nor could it be measured then";
}

TEST(Baselines, AnOlderFileSaysLessOfHowItWasBuilt) {
  Baseline then = baseline(), now = baseline();
  then.flags = {{"CMAKE_CXX_COMPILER", "c++"}, {"CMAKE_CXX_FLAGS", ""}};
  now.flags = {{"CMAKE_CXX_COMPILER", "c++"}, {"CMAKE_CXX_COMPILER_VERSION", "12.2.0"}};
  EXPECT_TRUE(compare_to(then, now, "b.json").sheet.notes.empty());
  then.flags = now.flags;
  then.flags["CMAKE_CXX_COMPILER_VERSION"] = "14.2.0";
  EXPECT_EQ(compare_to(then, now, "b.json").sheet.notes.size(), 1U);
}

TEST(Baselines, OneMoreCallFailsOnAnyMachine) {
  Baseline now = baseline();
  now.machine["cpu"] = "another";
  now.counts[0].values[kSystemCalls] = 3;
  const BaselineComparison said = compare_to(baseline(), now, "b.json");
  EXPECT_EQ(said.status, 1);
  EXPECT_NE(said.sheet.notes.at(0).find("another machine (cpu another instead of one)"), std::string::npos);
}

TEST(Baselines, InstructionsAreJudgedUnderOneKeyOnly) {
  Baseline now = baseline();
  now.counts[0].values[kInstructions] = 5000;
  EXPECT_EQ(compare_to(baseline(), now, "b.json").status, 1);
  now.cpu_key["cpu"] = "another";
  const BaselineComparison said = compare_to(baseline(), now, "b.json");
  EXPECT_EQ(said.status, 0);
  EXPECT_EQ(row(said, "a", kInstructions)->verdict, "shown");
}

TEST(Baselines, MissingNewAndVoidCellsAreNamed) {
  Baseline less = baseline();
  less.cells.pop_back();
  less.voids.push_back({"a load", "c", "void: oracle: 1 wrong"});
  const BaselineComparison missing = compare_to(baseline(), less, "b.json");
  EXPECT_EQ(missing.status, 4);
  EXPECT_EQ(row(missing, "c", "")->note, "void: oracle: 1 wrong");
  EXPECT_EQ(compare_to(less, baseline(), "b.json").status, 4);
}

TEST(Baselines, TheServerIsOneForAllModels) {
  Baseline now = baseline();
  now.machine["cpu"] = "another";
  for (BaselineCell& cell : now.cells) cell.costs["server's CPU"] *= 3;
  EXPECT_EQ(compare_to(baseline(), now, "b.json").status, 1) << "no other model says that it is the machine";
}

TEST(Baselines, TooSlowIsARegression) {
  Baseline now = baseline();
  now.cells.pop_back();
  now.too_slow.push_back({"a load", "c", "patience: 20 s"});
  const BaselineComparison said = compare_to(baseline(), now, "b.json");
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(row(said, "c", "")->note, "patience: 20 s");
}

TEST(Baselines, OnlyWhatBothMeasuredIsCompared) {
  Baseline counts = baseline();
  counts.has_times = false;
  counts.cells.clear();
  const BaselineComparison said = compare_to(baseline(), counts, "b.json");
  EXPECT_EQ(said.status, 0);
  EXPECT_EQ(said.sheet.notes.at(0), "no times are compared: none were asked for");
  EXPECT_EQ(compare_to(counts, baseline(), "b.json").status, 0);
  Baseline lost = baseline();
  lost.counts.clear();
  lost.voids.push_back({"counted", "a", "it was ended by SIGILL (4)"});
  const BaselineComparison missing = compare_to(baseline(), lost, "b.json");
  EXPECT_EQ(missing.status, 4) << "counts that went missing are no pass";
  EXPECT_EQ(row(missing, "a", "")->note, "it was ended by SIGILL (4)");
}

TEST(Baselines, AnotherLoadUnderOneNameIsAGap) {
  Baseline now = baseline();
  now.cells[1].work = R"({"items":5})";
  const BaselineComparison said = compare_to(baseline(), now, "b.json");
  EXPECT_EQ(said.status, 4);
  EXPECT_NE(row(said, "b", "")->note.find("another load"), std::string::npos);
}

TEST(Baselines, NothingComparedIsNoPass) {
  Baseline nothing = baseline();
  nothing.cells.clear();
  nothing.counts.clear();
  EXPECT_EQ(compare_to(nothing, nothing, "b.json").status, 3);
}

TEST(Baselines, SurviveTheirFile) {
  const nlohmann::json written = baseline();
  EXPECT_EQ(nlohmann::json(written.get<Baseline>()), written);
}

TEST(Baselines, AFileThatIsNoneIsRefusedByName) {
  const Scratch scratch;
  const auto said = [&](const std::string& text) {
    std::ofstream(scratch.path() / "f.json") << text;
    try {
      read_baseline(scratch.path() / "f.json");
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(said("{").find("f.json: it is no baseline of schema 1"), std::string::npos);
  EXPECT_NE(said(R"({"schema":2})").find("it is no baseline of schema 1"), std::string::npos);
  EXPECT_NE(said(R"({"schema":1})").find("it is damaged"), std::string::npos);
  nlohmann::json endless = baseline();
  endless["rounds"] = -1;
  EXPECT_NE(said(endless.dump()).find("damaged"), std::string::npos);
  nlohmann::json negative = baseline();
  negative["cells"][0]["costs"]["CPU an item"] = -1;
  EXPECT_NE(said(negative.dump()).find("is not above 0"), std::string::npos);
  EXPECT_THROW(read_baseline(scratch.path() / "none"), std::invalid_argument);
}

}  // namespace
}  // namespace interleave
