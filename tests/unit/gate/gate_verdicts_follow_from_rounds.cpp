// From a gate's rounds to its verdicts and its exit status.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/gate/gate_sheet.hpp"

namespace interleave {
namespace {

// Of that many rounds, head slower by a share, all rounds a little apart.
Quantity quantity(std::size_t rounds, double slower, double spread = 0.002) {
  Quantity made{.name = "CPU an item"};
  for (std::size_t i = 0; i < rounds; ++i) {
    const double noise = spread * (static_cast<double>(i % 7) - 3);
    made.rounds.head.push_back(std::log1p(slower) + noise);
    made.rounds.base_pair.push_back(i % 2 == 0 ? noise : -noise);
    made.rounds.head_pair.push_back(i % 2 == 0 ? -noise : noise);
  }
  return made;
}

GateCell cell(Quantity of) {
  GateCell made{.load = "a load", .name = "a model"};
  made.rounds = static_cast<std::uint32_t>(of.rounds.head.size());
  made.quantities.push_back(std::move(of));
  return made;
}

GateResult result(std::vector<GateCell> cells) {
  GateResult made;
  made.cells = std::move(cells);
  return made;
}

void confirm(Quantity& flagged, double slower) { flagged.rounds.confirming = quantity(20, slower).rounds.head; }

GateVerdict verdict(const GateResult& of, std::size_t at = 0) { return of.cells[at].quantities[0].verdict; }

TEST(GateVerdicts, EqualProgramsPass) {
  GateResult made = result({cell(quantity(30, 0)), cell(quantity(30, 0.01))});
  const auto flags = flags_of(made);
  EXPECT_TRUE(flags.empty());
  conclude(made, flags);
  EXPECT_EQ(verdict(made), GateVerdict::fine);
  EXPECT_EQ(status_of(made), 0);
}

TEST(GateVerdicts, SlowerAndConfirmedIsARegression) {
  GateResult made = result({cell(quantity(30, 0)), cell(quantity(30, 0.05))});
  const auto flags = flags_of(made);
  ASSERT_EQ(flags.size(), 1U);
  confirm(*flags[0], 0.05);
  conclude(made, flags);
  EXPECT_EQ(verdict(made, 1), GateVerdict::slower);
  EXPECT_EQ(status_of(made), 1);
}

// Fresh rounds count as rounds that were run: with more of them than of the others a regression was a gap.
TEST(GateVerdicts, MoreFreshRoundsThanOthersAreNoGap) {
  GateResult made = result({cell(quantity(30, 0)), cell(quantity(9, 0.05))});
  const auto flags = flags_of(made);
  ASSERT_EQ(flags.size(), 1U);
  confirm(*flags[0], 0.05);
  made.cells[1].rounds += 20;
  conclude(made, flags);
  EXPECT_TRUE(made.gaps.empty());
  EXPECT_EQ(verdict(made, 1), GateVerdict::slower);
  EXPECT_EQ(status_of(made), 1);
}

TEST(GateVerdicts, SlowerAndNotConfirmedIsInconclusive) {
  GateResult made = result({cell(quantity(30, 0.05))});
  const auto flags = flags_of(made);
  confirm(*flags.at(0), 0.0);
  conclude(made, flags);
  EXPECT_EQ(verdict(made), GateVerdict::unconfirmed);
  EXPECT_EQ(status_of(made), 3);
}

TEST(GateVerdicts, WhatWasDroppedIsNotFlagged) {
  GateResult made = result({cell(quantity(30, 0.05))});
  made.cells[0].dropped = true;
  EXPECT_TRUE(flags_of(made).empty());
}

TEST(GateVerdicts, WhatIsOnlyShownIsNeitherPlannedNorFlagged) {
  GateResult made = result({cell(quantity(30, 0.5))});
  made.cells[0].quantities[0].judged = false;
  EXPECT_EQ(made.planned(), 0U);
  made.cells[0].rounds = 0;
  conclude(made, flags_of(made));
  EXPECT_EQ(verdict(made), GateVerdict::shown);
  EXPECT_EQ(status_of(made), 3) << "nothing was judged";
}

TEST(GateVerdicts, FasterPasses) {
  GateResult made = result({cell(quantity(30, -0.1))});
  conclude(made, flags_of(made));
  EXPECT_EQ(verdict(made), GateVerdict::faster);
  EXPECT_EQ(status_of(made), 0);
}

TEST(GateVerdicts, TooNoisyIsNoPass) {
  GateResult made = result({cell(quantity(30, 0, 0.08))});
  conclude(made, flags_of(made));
  EXPECT_EQ(verdict(made), GateVerdict::noisy);
  EXPECT_EQ(status_of(made), 3);
}

TEST(GateVerdicts, WhereNothingCouldBePutInIsSaid) {
  GateResult made = result({cell(quantity(30, 0)), cell(quantity(30, 0))});
  made.injected = 0.05;
  made.cells[0].injected_ns = 400;
  made.cells[1].name = "the_other";
  EXPECT_NE(text_of(sheet_of(made)).find("but for the_other"), std::string::npos) << text_of(sheet_of(made));
  made.cells[1].injected_ns = 400;
  EXPECT_EQ(text_of(sheet_of(made)).find("but for"), std::string::npos);
}

// Ten cells of a gate with 5 % more work in every item were called fine at +4 to +7 %: the test had missed them.
TEST(GateVerdicts, WhatLooksSlowerAndMayBeIsNoPass) {
  GateResult made = result({cell(quantity(6, 0.06))});
  conclude(made, flags_of(made));
  EXPECT_EQ(verdict(made), GateVerdict::noisy) << "six rounds cannot flag";
  EXPECT_EQ(status_of(made), 3);
  EXPECT_NE(text_of(sheet_of(made)).find("it looks slower, and may be by 5 %"), std::string::npos);
  made = result({cell(quantity(6, 0.02))});
  conclude(made, flags_of(made));
  EXPECT_EQ(verdict(made), GateVerdict::fine) << "5 % is out of the question";
}

TEST(GateVerdicts, ATailMaySlowDownByFiveTimesAsMuch) {
  for (const auto& [slower, expected] : {std::pair(0.10, GateVerdict::fine), std::pair(0.20, GateVerdict::slower)}) {
    Quantity tail = quantity(30, slower);
    tail.is_tail = true;
    GateResult made = result({cell(tail)});
    const auto flags = flags_of(made);
    if (!flags.empty()) confirm(*flags[0], slower);
    conclude(made, flags);
    EXPECT_EQ(verdict(made), expected) << slower;
    EXPECT_NE(text_of(sheet_of(made)).find("a p99 latency is flagged by a change of +15 %"), std::string::npos);
  }
}

TEST(GateVerdicts, ATailOfFewItemsIsSaidNotToBeJudged) {
  Quantity tail = quantity(30, 0.5);
  tail.is_tail = true;
  tail.judged = false;
  GateResult made = result({cell(quantity(30, 0))});
  made.cells[0].quantities.push_back(tail);
  conclude(made, flags_of(made));
  EXPECT_EQ(status_of(made), 0);
  EXPECT_NE(text_of(sheet_of(made)).find("its p99 latency is not judged"), std::string::npos);
}

TEST(GateVerdicts, NothingIsNoPass) {
  GateResult made = result({});
  conclude(made, flags_of(made));
  EXPECT_EQ(status_of(made), 3);
}

// Made twenty times slower, a model ran out of the profile's patience.
TEST(GateVerdicts, TooSlowIsARegressionAndNoHole) {
  GateResult made = result({cell(quantity(0, 0))});
  made.cells[0].rounds = 2;
  made.cells[0].too_slow[1] = "a trial takes 12 s";
  conclude(made, flags_of(made));
  EXPECT_EQ(verdict(made), GateVerdict::slower);
  EXPECT_EQ(status_of(made), 1);
  made.cells[0].too_slow = {"a trial takes 12 s", ""};
  conclude(made, {});
  EXPECT_EQ(status_of(made), 0) << "head is faster";
  made.cells[0].too_slow = {"a trial takes 12 s", "a trial takes 12 s"};
  conclude(made, {});
  EXPECT_EQ(status_of(made), 3);
}

TEST(GateVerdicts, VoidOnOneSideIsAGap) {
  GateResult made = result({cell(quantity(0, 0)), cell(quantity(30, 0))});
  made.cells[0].rounds = 3;
  made.cells[0].troubles[1] = {3, "void: oracle: item 3 is missing"};
  conclude(made, flags_of(made));
  ASSERT_EQ(made.gaps.size(), 1U);
  EXPECT_EQ(made.gaps[0].what, "void: oracle: item 3 is missing in HEAD");
  EXPECT_EQ(made.cells.size(), 1U);
  EXPECT_EQ(status_of(made), 4);
}

// A worker that loses an item in one trial of five leaves enough whole rounds for a verdict, and none of them shows it.
TEST(GateVerdicts, WhoIsWrongAtTimesIsAGap) {
  GateResult made = result({cell(quantity(30, 0))});
  made.cells[0].rounds = 40;
  made.cells[0].troubles[1] = {.rounds = 10, .first = "void: disturbed", .faults = 2, .fault = "void: oracle: item 3"};
  GateResult once = made, both = made;
  conclude(made, flags_of(made));
  ASSERT_EQ(made.gaps.size(), 1U);
  EXPECT_EQ(made.gaps[0].what, "void: oracle: item 3 in 2 of 40 rounds of HEAD");
  EXPECT_EQ(status_of(made), 4);
  once.cells[0].troubles[1].faults = 1;
  both.cells[0].troubles[0] = both.cells[0].troubles[1];
  for (GateResult* each : {&once, &both}) {
    conclude(*each, flags_of(*each));
    EXPECT_EQ(status_of(*each), 0);
    const std::string text = text_of(sheet_of(*each));
    EXPECT_NE(text.find("rounds of HEAD"), std::string::npos) << text;
  }
}

TEST(GateVerdicts, SkippedOnBothSidesIsNobodysChange) {
  GateResult made = result({cell(quantity(0, 0)), cell(quantity(30, 0))});
  made.cells[0].rounds = 3;
  made.cells[0].troubles = {Trouble{3, "skipped: limit: one at a time"}, Trouble{3, "skipped: limit: one at a time"}};
  conclude(made, flags_of(made));
  EXPECT_TRUE(made.gaps.empty());
  EXPECT_EQ(made.left_out.size(), 1U);
  EXPECT_EQ(status_of(made), 0);
}

// It was called fine, by a median of nothing but rounds that both had lost.
TEST(GateVerdicts, WhatNeitherSideKeptUpIsNoPass) {
  GateResult made = result({cell(quantity(0, 0))});
  made.cells[0].rounds = 3;
  made.cells[0].troubles = {Trouble{3, "void: sustained: 56 %"}, Trouble{3, "void: sustained: 54 %"}};
  conclude(made, flags_of(made));
  EXPECT_EQ(verdict(made), GateVerdict::noisy);
  EXPECT_EQ(status_of(made), 3);
  EXPECT_NE(text_of(sheet_of(made)).find("sustained: 54 %"), std::string::npos);
}

TEST(GateVerdicts, SkippedOnOneSideIsAGap) {
  GateResult made = result({cell(quantity(0, 0))});
  made.cells[0].rounds = 3;
  made.cells[0].troubles[0] = {3, "skipped: limit: one at a time"};
  conclude(made, flags_of(made));
  ASSERT_EQ(made.gaps.size(), 1U);
  EXPECT_NE(made.gaps[0].what.find("in BASE"), std::string::npos);
}

TEST(Contamination, GoesBeforeARegression) {
  GateResult made = result({cell(quantity(30, 0.05))});
  const auto flags = flags_of(made);
  confirm(*flags.at(0), 0.05);
  conclude(made, flags);
  made.controls["alu"] = std::vector<double>(30, 0.03);
  made.contaminated = contamination_of(made);
  EXPECT_NE(made.contaminated.find("alu is +3.0 % apart"), std::string::npos);
  EXPECT_EQ(status_of(made), 3);
  EXPECT_NE(sheet_of(made).summary.find("Contaminated (exit 3)"), std::string::npos);
}

TEST(Contamination, HidesNoModelThatIsMissing) {
  GateResult made = result({cell(quantity(30, 0))});
  made.gaps.push_back({.load = "", .model = "loop", .what = "missing: BASE alone has this model"});
  conclude(made, {});
  made.contaminated = "the control kernel alu is +3.0 % apart";
  EXPECT_EQ(status_of(made), 4);
  EXPECT_NE(sheet_of(made).summary.find("missing or new all the same (exit 4)"), std::string::npos);
  made.gaps[0].is_measured = true;
  EXPECT_EQ(status_of(made), 3) << "trials of such a machine show nothing";
}

TEST(Contamination, IsToldByDuplicates) {
  GateResult made = result({cell(quantity(30, 0))});
  EXPECT_EQ(contamination_of(made), "");
  made.cells[0].quantities[0].rounds.head_pair.assign(30, 0.04);
  EXPECT_NE(contamination_of(made).find("differs from itself"), std::string::npos);
}

TEST(GateSheet, HasAHeadingOfOneLineWhateverTheCommandsAre) {
  GateResult made = result({cell(quantity(30, 0))});
  made.base = "set -e\nmake\n./server";
  made.head = std::string(500, 'x');
  const std::string heading = sheet_of(made).heading;
  EXPECT_EQ(heading.find('\n'), std::string::npos);
  EXPECT_EQ(heading.find(std::string(101, 'x')), std::string::npos);
  EXPECT_NE(heading.find("against set -e .."), std::string::npos) << heading;
}

TEST(GateJson, HasEveryRound) {
  GateResult made = result({cell(quantity(30, 0.05))});
  conclude(made, flags_of(made));
  const nlohmann::json said = json_of(made);
  const nlohmann::json& first = said["cells"][0]["quantities"][0];
  EXPECT_EQ(first["log_ratios"].size(), 30U);
  EXPECT_EQ(first["base_pair"].size(), 30U);
  EXPECT_LT(first["p"], 1e-8);
  EXPECT_NEAR(first["ratio"], 1.05, 0.001);
}

}  // namespace
}  // namespace interleave
