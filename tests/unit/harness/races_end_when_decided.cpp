// A run that races: trials are needed until their load is decided, whenever one stops, looks and goes on.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/verdict/planned_course.hpp"
#include "harness/verdict/races.hpp"
#include "harness/verdict/verdict.hpp"
#include "tests/unit/harness/made_up_run.hpp"

namespace interleave {
namespace {

using nlohmann::json;

Plan racing_plan(std::uint32_t rounds) {
  Plan plan = small_plan(rounds);
  plan.racing = true;
  return plan;
}

// What a run of that plan comes to that is stopped and resumed after every `sitting` trials.
std::vector<json> run(const Plan& plan, const std::vector<json>& possible, std::size_t sitting) {
  std::vector<json> trials;
  for (bool more = true; more;) {
    Races races(plan);
    for (const json& trial : trials) races.add(trial);
    more = false;
    std::size_t left = sitting;
    for (std::size_t i = trials.empty() ? 0 : trials.back().at("trial").get<std::size_t>() + 1; i < possible.size();
         ++i) {
      if (!races.needs(plan.order[i])) continue;
      if (left-- == 0) {
        more = true;
        break;
      }
      trials.push_back(possible[i]);
      races.add(possible[i]);
    }
  }
  return trials;
}

TEST(Races, EndWhenTheLoadIsDecided) {
  const Plan plan = racing_plan(30);
  const std::vector<json> trials = run(plan, small_trials(plan), 1000);
  EXPECT_LT(trials.size(), 2U * 20);
  EXPECT_GE(trials.size(), 2U * RaceRules().least_rounds);
  const json verdict = verdict_of(plan, trials);
  EXPECT_EQ(verdict.at("points")[0].at("verdict"), "wins");
  EXPECT_EQ(verdict.at("points")[0].at("leaders"), json::array({"fast"}));
  EXPECT_EQ(verdict.at("points")[0].at("cells")[0].at("rounds_not_needed").get<std::size_t>(), 30 - trials.size() / 2);
  EXPECT_EQ(verdict.at("trials_done").get<std::size_t>() + verdict.at("trials_not_needed").get<std::size_t>(), 60U);
}

TEST(Races, AreTheSameHoweverOftenTheyAreInterrupted) {
  const Plan plan = racing_plan(30);
  const std::vector<json> whole = run(plan, small_trials(plan), 1000);
  for (const std::size_t sitting : {1U, 3U, 7U}) EXPECT_EQ(run(plan, small_trials(plan), sitting), whole) << sitting;
}

TEST(Races, WithoutRacingEveryTrialIsNeeded) {
  const Plan plan = small_plan(30);
  EXPECT_EQ(run(plan, small_trials(plan), 1000).size(), 60U);
  EXPECT_EQ(verdict_of(plan, small_trials(plan)).at("trials_not_needed"), 0);
}

// Of seven rounds five had three times the p99: two copies of one program, whose tails are as the machine is.
TEST(Races, TailsThatAreFarApartTellOfNobodyInFewRounds) {
  Plan plan = racing_plan(30);
  for (const RanksBy by : {RanksBy::latency, RanksBy::makespan}) {
    plan.points[0].ranks_by = by;
    std::vector<json> trials;
    for (json& trial : small_trials(plan)) {
      const bool is_worse = trial.at("model") == "slow" && trial.at("round").get<int>() % 7 != 6;
      trial["makespan_ns"] = trial["latency_p99_ns"] = is_worse ? 3e6 : 1e6;
      trials.push_back(trial);
    }
    Races races(plan);
    for (std::size_t i = 0; i < std::size_t{2} * 7; ++i) races.add(trials[i]);
    EXPECT_EQ(races.in_the_race(0).size(), by == RanksBy::latency ? 2U : 1U);
  }
}

// Two loads: at one a decision is near, at the other models are alike. Time that is short goes to the first.
TEST(Races, TimeThatIsShortGoesWhereADecisionIsNear) {
  Plan plan = racing_plan(30);
  plan.points.push_back(plan.points[0]);
  plan.points[1].id = "alike";
  order_trials(plan);
  std::vector<json> possible = small_trials(plan);
  for (json& trial : possible) {
    trial["wall_ns"] = 1e8;
    if (trial.at("point") == "alike") trial["makespan_ns"] = 1e6 + 1e3 * (trial.at("trial").get<int>() * 104'729 % 101);
  }
  const auto decided_after = [&](First first) {
    PlannedCourse course(plan, first);
    Races races(plan);
    std::size_t trials = 0;
    while (const auto next = course.next()) {
      course.add(possible[next->trial]);
      races.add(possible[next->trial]);
      ++trials;
      if (races.decided(0)) break;
    }
    return trials;
  };
  EXPECT_LE(decided_after(First::nearest), 2U * 16) << "three rounds of the other, then its own";
  EXPECT_GE(decided_after(First::planned), 4U * 9) << "in turns";
}

// A single round tells of nobody. The dear load's decision is the nearer one, and yet both have three rounds first.
TEST(Races, EveryLoadHasAFewRoundsBeforeAnyHasMore) {
  Plan plan = racing_plan(30);
  plan.points.push_back(plan.points[0]);
  plan.points[1].id = "dear";
  order_trials(plan);
  std::vector<json> possible = small_trials(plan);
  for (json& trial : possible) trial["wall_ns"] = trial.at("point") == "dear" ? 1e11 : 1e8;
  PlannedCourse course(plan, First::nearest);
  std::map<std::size_t, std::size_t> trials;
  for (std::size_t done = 0; done < 2 * 2 * 3; ++done) {
    const auto next = course.next();
    ++trials[next->point];
    course.add(possible[next->trial]);
  }
  EXPECT_EQ(trials[0], 2U * 3);
  EXPECT_EQ(trials[1], 2U * 3);
}

// It had all its rounds before any other load had a second one: with nobody in its race a round seemed to cost nothing.
TEST(Races, ALoadAtWhichAllIsVoidComesLast) {
  Plan plan = racing_plan(30);
  plan.points.push_back(plan.points[0]);
  plan.points[1].id = "void";
  order_trials(plan);
  std::vector<json> possible = small_trials(plan);
  for (json& trial : possible) {
    trial["wall_ns"] = 1e9;
    trial["makespan_ns"] = 1e6 + 1e3 * (trial.at("trial").get<int>() * 104'729 % 101);  // alike
    if (trial.at("point") == "void") spoil(trial, "void", reason("oracle", "wrong"));
  }
  PlannedCourse course(plan, First::nearest);
  std::vector<std::size_t> points;
  while (const auto next = course.next()) {
    points.push_back(next->point);
    course.add(possible[next->trial]);
  }
  const auto first = std::find(points.begin() + 2 * 2 * 3, points.end(), 1U);
  EXPECT_EQ(std::find(first, points.end(), 0U), points.end()) << "the other load is over by then";
  EXPECT_GT(first - points.begin(), 2 * 2 * 3);
}

TEST(Races, ATrialThatIsRunAgainIsOfNoLaterRound) {
  const Plan plan = racing_plan(30);
  const std::vector<json> possible = small_trials(plan);
  Races races(plan), again(plan);
  for (const PlannedTrial& trial : plan.order) {
    races.add(possible[trial.trial]);
    again.add(possible[trial.trial]);
    if (trial.round == 4) {  // its line of the first round was damaged
      json late = possible[plan.order.front().trial];
      late["makespan_ns"] = 1e12;
      again.add(late);
    }
    ASSERT_EQ(races.decided(0), again.decided(0)) << "round " << trial.round;
    ASSERT_EQ(races.nearest(0), again.nearest(0)) << "round " << trial.round;
  }
}

TEST(Races, ARoundThatWasBegunIsFinishedFirstAlsoAfterAnInterrupt) {
  Plan plan = racing_plan(30);
  plan.points.push_back(plan.points[0]);
  plan.points[1].id = "other";
  order_trials(plan);
  const std::vector<json> possible = small_trials(plan);
  std::vector<std::size_t> whole;
  PlannedCourse course(plan, First::nearest);
  while (const auto next = course.next()) {
    whole.push_back(next->trial);
    course.add(possible[next->trial]);
  }
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    PlannedCourse resumed(plan, First::nearest);
    for (std::size_t i = 0; i < cut; ++i) resumed.add(possible[whole[i]]);
    ASSERT_EQ(resumed.next()->trial, whole[cut]) << "after " << cut << " trials";
  }
}

// A third model that is far behind leaves, and the two that are alike go on.
TEST(Races, WhoIsBehindLeavesAndTheOthersGoOn) {
  Plan plan = racing_plan(30);
  plan.models.emplace_back().name = "alike";
  order_trials(plan);
  std::vector<json> possible = small_trials(plan);
  for (json& trial : possible) {
    if (trial.at("model") == "alike") trial["makespan_ns"] = 1e6 + 1e3 * (trial.at("trial").get<int>() * 104'729 % 101);
  }
  const std::vector<json> trials = run(plan, possible, 1000);
  const auto count = [&](const char* model) {
    return std::count_if(trials.begin(), trials.end(), [&](const json& trial) { return trial.at("model") == model; });
  };
  EXPECT_LT(count("slow"), count("fast"));
  EXPECT_EQ(count("alike"), count("fast"));
  const json point = verdict_of(plan, trials).at("points")[0];
  EXPECT_EQ(point.at("verdict"), "tie");
  EXPECT_EQ(point.at("leaders").size(), 2U);
  EXPECT_EQ(point.at("runner_up"), "slow");
}

TEST(Races, WhatIsVoidIsNoRoundAndWhatIsTooSlowIsLost) {
  const Plan plan = racing_plan(40);
  std::vector<json> possible = small_trials(plan);
  for (json& trial : possible) {
    if (trial.at("model") == "slow") spoil(trial, "skipped", reason("patience", "too slow"));
  }
  EXPECT_LT(run(plan, possible, 1000).size(), 40U) << "decided";
  possible = small_trials(plan);
  for (json& trial : possible) {
    if (trial.at("model") == "slow" && trial.at("round") > 2) spoil(trial, "skipped", reason("patience", "too slow"));
  }
  EXPECT_LT(run(plan, possible, 1000).size(), 60U) << "decided, of 80: what comes in a step is worth less a round";
  for (json& trial : possible) {
    if (trial.at("model") == "slow") spoil(trial, "void", reason("oracle", "wrong"));
  }
  EXPECT_EQ(verdict_of(plan, run(plan, possible, 1000)).at("points")[0].at("verdict"), "single")
      << "it has shown nothing";
}

}  // namespace
}  // namespace interleave
