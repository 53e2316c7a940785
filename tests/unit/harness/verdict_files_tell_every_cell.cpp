// verdict.json: every model at every load is there, with what became of it, in whichever shape its trials came.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/judge/reason.hpp"
#include "harness/verdict/verdict.hpp"
#include "tests/unit/harness/made_up_run.hpp"

namespace interleave {
namespace {

using nlohmann::json;

json only_point(const Plan& plan, const std::vector<json>& trials) {
  json points = verdict_of(plan, trials).at("points");
  EXPECT_EQ(points.size(), 1U);
  return points.at(0);
}

TEST(Reasons, AreObjectsAndEmptyWhereDamaged) {
  const auto read = [](const json& from) {
    const Reason reason = from.get<Reason>();
    return reason.check + "|" + reason.text;
  };
  EXPECT_EQ(read({{"check", "sustained"}, {"text", "at most 58"}}), "sustained|at most 58");
  EXPECT_EQ((Reason{"oracle", "item 3"}).sentence(), "oracle: item 3");
  for (const json& damaged : {json(7), json(nullptr), json("text"), json{{"check", 7}}, json::object()})
    EXPECT_EQ(read(damaged), "|") << damaged;
}

TEST(VerdictFile, IsTheSameBytesHoweverTheTrialsAreOrdered) {
  const Plan plan = small_plan(20);
  auto trials = small_trials(plan);
  spoil(trials[4], "void", reason("oracle", "first"));
  spoil(trials[8], "void", reason("oracle", "second"));
  const std::string text = verdict_text(verdict_of(plan, trials));
  EXPECT_EQ(text, verdict_text(verdict_of(plan, trials)));
  std::reverse(trials.begin(), trials.end());
  EXPECT_EQ(text, verdict_text(verdict_of(plan, trials)));
  EXPECT_EQ(json::parse(text).at("points")[0].at("verdict"), "wins");
}

TEST(VerdictFile, SaysWhatItsClaimsRestOn) {
  const Plan plan = small_plan(20);
  const json verdict = verdict_of(plan, small_trials(plan));
  EXPECT_EQ(verdict.at("margin_percent"), 5);
  EXPECT_EQ(verdict.at("error_percent"), 5);
  EXPECT_EQ(verdict.at("power_percent"), 80);
  const json& point = verdict.at("points")[0];
  EXPECT_EQ(point.at("rounds"), 20);
  EXPECT_EQ(point.at("pairs")[0].at("level_percent"), 95);
  for (const json& cell : point.at("cells")) EXPECT_EQ(cell.at("level_percent"), 95);
  Plan rigorous = plan;
  rigorous.profile = "rigorous";
  EXPECT_EQ(verdict_of(rigorous, small_trials(plan)).at("margin_percent"), 3);
}

TEST(VerdictFile, HasTheLoadsPlaceInItsSeries) {
  const Plan plan = small_plan(2);
  const json point = only_point(plan, small_trials(plan));
  EXPECT_EQ(point.at("series"), "a load");
  EXPECT_EQ(point.at("in_flight"), 10);
  EXPECT_EQ(point.at("cores"), 1);
}

TEST(VerdictFile, WithoutEnoughRoundsHasNoInterval) {
  const Plan plan = small_plan(5);
  const json point = only_point(plan, small_trials(plan));
  EXPECT_TRUE(point.at("pairs")[0].at("low").is_null());
  EXPECT_TRUE(point.at("pairs")[0].at("level_percent").is_null());
  EXPECT_TRUE(point.at("cells")[0].at("low").is_null());
  EXPECT_TRUE(point.at("cells")[0].at("level_percent").is_null());
}

TEST(VerdictFile, AnInterruptedRunIsJudgedByWhatItHas) {
  const Plan plan = small_plan(30);
  auto trials = small_trials(plan);
  trials.resize(12);
  const json point = only_point(plan, trials);
  EXPECT_EQ(point.at("verdict"), "leading");
  EXPECT_EQ(point.at("rounds"), 6);
}

TEST(VerdictFile, AMostlyVoidCellIsNotRanked) {
  for (const json& why : {reason("oracle", "item 3: no outcome")}) {
    const Plan plan = small_plan(20);
    auto trials = small_trials(plan);
    for (std::size_t i = 0; i < 24; i += 2) spoil(trials[i], "void", why);  // 12 of the 20 of "fast"
    const json point = only_point(plan, trials);
    EXPECT_EQ(point.at("leaders"), json({"slow"}));
    EXPECT_EQ(point.at("verdict"), "single");
    EXPECT_EQ(point.at("sentence"), "only slow is ranked (fast void)");
    const json& cell = point.at("cells")[0];
    EXPECT_EQ(cell.at("status"), "void");
    EXPECT_EQ(cell.at("reason"), "oracle: item 3: no outcome");
    EXPECT_EQ(cell.at("left_out"),
              json::array({{{"kind", "void"}, {"check", "oracle"}, {"text", "item 3: no outcome"}, {"rounds", 12}}}));
    EXPECT_EQ(cell.at("rounds_void"), 12);
    EXPECT_EQ(cell.at("rounds_unsustained"), 0);
    EXPECT_TRUE(cell.at("values")[0].is_null());
  }
}

TEST(VerdictFile, AnUnsustainedRoundCountsAgainstItsModel) {
  for (const json& why : {reason("sustained", "at most 58")}) {
    const Plan plan = small_plan(30);
    auto trials = small_trials(plan);
    for (std::size_t i = 0; i < 20; i += 2) spoil(trials[i], "void", why);  // ten of the 30 of "fast"
    const json point = only_point(plan, trials);
    EXPECT_EQ(point.at("verdict"), "unresolved") << "a third of the rounds is lost";
    EXPECT_EQ(point.at("pairs")[0].at("rounds"), 30);
    EXPECT_TRUE(point.at("pairs")[0].at("low").is_null()) << "no end: lost rounds reach to it";
    EXPECT_EQ(point.at("pairs")[0].at("level_percent"), 95);
    EXPECT_TRUE(point.at("pairs")[0].at("high").is_number());
    const json& cell = point.at("cells")[0];
    EXPECT_EQ(cell.at("status"), "valid");
    EXPECT_EQ(cell.at("rounds_unsustained"), 10);
    EXPECT_EQ(cell.at("rounds_void"), 10);
    EXPECT_TRUE(cell.at("high").is_null()) << "among the worst ten there is no number";
    EXPECT_TRUE(cell.at("values")[0].is_null());
    spoil(trials[0], "void", reason("oracle", "item 3"));
    EXPECT_EQ(only_point(plan, trials).at("pairs")[0].at("rounds"), 29) << "what is wrong besides is missing";
  }
}

TEST(VerdictFile, ACellThatWasSkippedOnTheWayIsNotRanked) {
  const Plan plan = small_plan(20);
  auto trials = small_trials(plan);
  for (std::size_t i = 2; i < trials.size(); i += 2) spoil(trials[i], "skipped", reason("limit", "no descriptors"));
  const json point = only_point(plan, trials);
  EXPECT_EQ(point.at("verdict"), "single");
  EXPECT_EQ(point.at("sentence"), "only slow is ranked (fast skipped)");
  EXPECT_EQ(point.at("cells")[0].at("status"), "skipped");
  EXPECT_EQ(point.at("cells")[0].at("reason"), "limit: no descriptors");
  EXPECT_EQ(point.at("cells")[0].at("rounds_skipped"), 19);
  EXPECT_FALSE(point.at("cells")[0].at("values")[0].is_null()) << "what it did is shown";
}

// One moment without memory dropped a cell for good, and its valid rounds with it.
TEST(VerdictFile, APassingLimitCostsItsRoundsAlone) {
  const Plan plan = small_plan(20);
  auto trials = small_trials(plan);
  spoil(trials[6], "skipped", reason("limit", "no memory"));
  const json point = only_point(plan, trials);
  EXPECT_EQ(point.at("verdict"), "wins");
  EXPECT_EQ(point.at("rounds"), 19);
  EXPECT_EQ(point.at("cells")[0].at("status"), "valid");
  EXPECT_EQ(point.at("cells")[0].at("rounds_skipped"), 1);
}

TEST(VerdictFile, WhatIsTooSlowIsLastAndNotDropped) {
  for (const json& why : {reason("patience", "a trial takes 9 s, the limit is 5 s")}) {
    const Plan plan = small_plan(20);
    auto trials = small_trials(plan);
    for (std::size_t i = 5; i < trials.size(); i += 2) spoil(trials[i], "skipped", why);
    const json point = only_point(plan, trials);
    const json& cell = point.at("cells")[1];
    EXPECT_EQ(cell.at("status"), "too_slow");
    EXPECT_NE(cell.at("reason").get<std::string>().find("5 s"), std::string::npos) << "with the limit";
    EXPECT_EQ(cell.at("rounds_valid"), 2);
    EXPECT_TRUE(cell.at("values")[0].is_number()) << "its finished rounds are there";
    EXPECT_TRUE(cell.at("median").is_number());
    EXPECT_EQ(point.at("too_slow"), json({"slow"}));
    EXPECT_EQ(point.at("sentence"), "only fast is ranked (slow too slow)");
  }
}

// A load whose delays are all 0 has no ideal, so its trials no efficiency: that was a JSON type error.
TEST(VerdictFile, AValueThatIsNotThereMakesItsTrialVoid) {
  Plan plan = small_plan(20);
  plan.points[0].ranks_by = RanksBy::cpu_keeping_up;
  auto trials = small_trials(plan);
  for (json& trial : trials) trial["cpu_per_item_ns"] = trial["model"] == "fast" ? 1000 : 2000;
  trials[2].erase("efficiency");
  json point = only_point(plan, trials);
  EXPECT_EQ(point.at("verdict"), "none");
  EXPECT_EQ(point.at("sentence"), "not ranked by CPU per item: the trial has no efficiency");
  EXPECT_EQ(point.at("cells")[0].at("status"), "void");
  EXPECT_EQ(point.at("cells")[0].at("reason"), "value: the trial has no efficiency");
  for (json& trial : trials) trial["efficiency"] = 0.99;
  for (const char* key : {"efficiency", "cpu_per_item_ns"}) {
    for (const json& bad : {json(nullptr), json("fast"), json(0), json(-1)}) {
      auto spoilt = trials;
      spoilt[0][key] = bad;
      point = only_point(plan, spoilt);
      EXPECT_EQ(point.at("verdict"), "wins") << bad;
      EXPECT_EQ(point.at("rounds"), 19) << bad;
      EXPECT_EQ(point.at("cells")[0].at("rounds_void"), 1) << bad;
    }
  }
}

// Who does not keep up with what a load deals is last, however cheap.
TEST(VerdictFile, OnlyWhoKeepsUpIsCheapest) {
  Plan plan = small_plan(20);
  plan.points[0].ranks_by = RanksBy::cpu_keeping_up;
  auto trials = small_trials(plan);
  const auto set = [&](const char* model, double efficiency, double cpu) {
    for (json& trial : trials) {
      if (trial["model"] != model) continue;
      trial["efficiency"] = efficiency;
      trial["cpu_per_item_ns"] = cpu;
    }
  };
  set("fast", 0.99, 2000);
  set("slow", 0.94, 1000);
  json point = only_point(plan, trials);
  EXPECT_EQ(point.at("leaders"), json::array({"fast"}));
  EXPECT_EQ(point.at("too_slow"), json::array({"slow"}));
  EXPECT_EQ(point.at("cells")[1].at("reason"), "slow: 94 % of what is possible, 95 are asked");
  EXPECT_EQ(point.at("unit"), "ns/item");
  set("slow", 0.96, 1000);
  point = only_point(plan, trials);
  EXPECT_EQ(point.at("verdict"), "wins");
  EXPECT_EQ(point.at("leaders"), json::array({"slow"}));
  // In a third of its rounds it does not: these are lost, and leave it no win.
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i]["model"] == "slow" && i % 3 == 0) trials[i]["efficiency"] = 0.9;
  }
  point = only_point(plan, trials);
  EXPECT_EQ(point.at("verdict"), "unresolved");
  EXPECT_EQ(point.at("cells")[1].at("status"), "valid");
  set("fast", 0.5, 2000);
  set("slow", 0.5, 1000);
  EXPECT_EQ(only_point(plan, trials).at("verdict"), "none") << "nobody keeps up";
}

// Under `ulimit -n 256` a load that every model skips was gone from the table.
TEST(VerdictFile, ALoadThatEveryModelSkipsIsThere) {
  Plan plan = small_plan(2);
  const auto trials = small_trials(plan);
  plan.points.push_back(made_up_point("q", "another load", 1000));
  for (const char* id : {"q", "dropped-c1000"}) {
    for (const PlannedModel& model : plan.models) plan.skips.push_back({model.name, id, "raise ulimit -n"});
  }
  const json points = verdict_of(plan, trials).at("points");
  ASSERT_EQ(points.size(), 3U);
  for (const std::size_t place : {1U, 2U}) {
    EXPECT_EQ(points[place].at("verdict"), "none");
    EXPECT_EQ(points[place].at("sentence"), "not ranked: every model was skipped here: raise ulimit -n");
    EXPECT_EQ(points[place].at("cells").size(), 2U);
    EXPECT_EQ(points[place].at("cells")[0].at("status"), "skipped");
  }
  EXPECT_EQ(points[2].at("label"), "dropped-c1000") << "the plan has no more of it";
  EXPECT_TRUE(points[2].at("in_flight").is_null());
}

}  // namespace
}  // namespace interleave
