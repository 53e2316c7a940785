// Counts need no statistics: one more call an item is told, what varies from one counting to the next is not.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/gate/counts.hpp"
#include "harness/gate/gate_sheet.hpp"
#include "harness/plan/workload_registry.hpp"

namespace interleave {
namespace {

CountedCell counted(const std::map<std::string, double>& base, const std::map<std::string, double>& head) {
  CountedCell cell{.load = "a load", .name = "a model"};
  cell.counts[0].values = base;
  cell.counts[1].values = head;
  return cell;
}

TEST(Counts, OneMoreAnItemIsTold) {
  EXPECT_EQ(verdict_of_count(kSystemCalls, 2, 3), CountVerdict::more);
  EXPECT_EQ(verdict_of_count(kSystemCalls, 0, 1), CountVerdict::more);
  EXPECT_EQ(verdict_of_count(kSystemCalls, 40, 41), CountVerdict::more);
  EXPECT_EQ(verdict_of_count(kAllocations, 0, 1), CountVerdict::more);
  EXPECT_EQ(verdict_of_count(kAllocatedBytes, 0, 64), CountVerdict::more);
  EXPECT_EQ(verdict_of_count(kStarts, 4, 5), CountVerdict::more);
  EXPECT_EQ(verdict_of_count(kSleeps, 1, 2), CountVerdict::more);
  EXPECT_EQ(verdict_of_count(kSleeps, 0, 1), CountVerdict::more);
  EXPECT_EQ(verdict_of_count(kInstructions, 4000, 4300), CountVerdict::more);
  EXPECT_EQ(verdict_of_count(kSystemCalls, 3, 2), CountVerdict::fewer);
}

TEST(Counts, WhatVariesIsNot) {
  EXPECT_EQ(verdict_of_count(kSystemCalls, 2.02, 1.995), CountVerdict::same);
  EXPECT_EQ(verdict_of_count(kSystemCalls, 0, -0.01), CountVerdict::same);
  EXPECT_EQ(verdict_of_count(kAllocatedBytes, 1000, 1015), CountVerdict::same);
  EXPECT_EQ(verdict_of_count(kInstructions, 4989, 5209), CountVerdict::same);
  EXPECT_EQ(verdict_of_count(kInstructions, 100, 139), CountVerdict::same);
  EXPECT_EQ(verdict_of_count(kStarts, 4, 4), CountVerdict::same);
  EXPECT_EQ(verdict_of_count(kSleeps, 2.4, 3), CountVerdict::same) << "a thread was over before it was waited for";
}

TEST(Counts, OfTwoCountingsTheLowerValuesStay) {
  Counts one, other;
  one.values = {{"a", 2}, {"b", 5}};
  other.values = {{"a", 3}, {"b", 4}};
  EXPECT_EQ(lower_of(one, other).values, (std::map<std::string, double>{{"a", 2}, {"b", 4}}));
}

TEST(Counts, AreTakenOneAfterAnotherFromAServerThatAnswersAtOnce) {
  Load load;
  load.workload = "download";
  load.in_flight = 100;
  load.items = 5000;
  load.profile = profile_named("delay");
  const auto few = countable(load, known_workload("download").about);
  ASSERT_TRUE(few);
  EXPECT_EQ(few->in_flight, 1U);
  EXPECT_EQ(few->profile.name, "local");
  load.parameters["arrivals"] = "poisson";
  EXPECT_FALSE(countable(load, known_workload("download").about));
}

TEST(Counts, LongItemsAreFewAndTooLongOnesNone) {
  Load load;
  load.workload = "compute";
  load.in_flight = 1;
  load.items = 1000;
  const auto items_of = [&](const char* grain) {
    load.parameters["grain"] = grain;
    const auto few = countable(load, known_workload("compute").about);
    return few ? few->items : 0;
  };
  EXPECT_EQ(items_of("1000"), 201U);
  EXPECT_LT(items_of("10000000"), 201U) << "some milliseconds each";
  EXPECT_GE(items_of("10000000"), 21U);
  EXPECT_EQ(items_of("1000000000"), 0U);
}

TEST(Counts, MoreIsARegressionWhateverTheMachineDid) {
  GateResult made;
  made.counted = {counted({{kSystemCalls, 2}}, {{kSystemCalls, 3}})};
  EXPECT_EQ(status_of(made), 1);
  made.contaminated = "the control kernel alu is 5 % apart";
  EXPECT_EQ(status_of(made), 1);
  EXPECT_NE(sheet_of(made).summary.find("a count is a regression all the same"), std::string::npos);
  const nlohmann::json said = json_of(made);
  EXPECT_EQ(said["counts"][0]["verdict"], "more");
  ASSERT_EQ(sheet_of(made).rows.size(), 1U);
  EXPECT_EQ(sheet_of(made).rows[0].note, "3.00 instead of 2.00 an item");
}

TEST(Counts, AloneTheyPass) {
  GateResult made;
  EXPECT_EQ(status_of(made), 3) << "nothing was measured";
  made.counted = {counted({{kSystemCalls, 2}}, {{kSystemCalls, 2}})};
  EXPECT_EQ(status_of(made), 3) << "times were to be measured, and no model could run the loads";
  EXPECT_NE(sheet_of(made).summary.find("Of times nothing was measured (exit 3)"), std::string::npos);
  made.times = false;
  EXPECT_EQ(status_of(made), 0);
  EXPECT_EQ(sheet_of(made).summary, "1 counts are the same, 0 more, 0 fewer. Pass (exit 0).");
  made.counted = {counted({{kSystemCalls, 3}}, {{kSystemCalls, 2}})};
  EXPECT_EQ(status_of(made), 0) << "fewer is no regression";
}

}  // namespace
}  // namespace interleave
