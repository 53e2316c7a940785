// limits.json and its table: from plan and trials alone, each limit with what ended it, in 80 columns.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/limits/limits.hpp"
#include "harness/limits/limits_course.hpp"
#include "harness/limits/limits_plan.hpp"
#include "harness/limits/limits_table.hpp"
#include "harness/verdict/wrapped.hpp"
#include "tests/unit/harness/made_up_models.hpp"

namespace interleave {
namespace {

using nlohmann::json;

json trial_at(const Plan& plan, const PlannedTrial& at) {
  return {{"schema", 1},
          {"trial", at.trial},
          {"round", at.round},
          {"point", plan.points[at.point].id},
          {"model", plan.models[at.model].name},
          {"verdict", "valid"},
          {"reasons", json::array()},
          {"efficiency", 0.99},
          {"cpu_per_item_ns", 20'000},
          {"memory", {{"per_item_bytes", 1024}}},
          {"tape", {{"ideal_ns", 250e6}, {"makespan_ns", 251e6}}},
          {"worker", {{"loop_lag_ns", {{"p99", 1e6}}}, {"cpu_run_ns", {{"total", 100e6}}}}},
          {"server_limited", false}};
}

void lose(json& trial, const char* check, const char* text) {
  trial["verdict"] = "void";
  trial["reasons"].push_back({{"check", check}, {"text", text}});
}

class Climbed : public testing::Test {
 protected:
  using Change = std::function<void(json&, const Load&)>;
  // The whole search, where each trial is what `change` makes of a good one.
  json climb(const std::string& ladder, const Change& change) {
    plan_ =
        plan_limits({.ladders = {ladder}}, {bearer_of("callbacks", "loop"), bearer_of("threads", "pool")}, kTwoCores);
    LimitsCourse course(plan_);
    trials_.clear();
    while (const auto next = course.next()) {
      trials_.push_back(trial_at(plan_, *next));
      change(trials_.back(), plan_.points[next->point].load);
      course.add(trials_.back());
      if (trials_.size() > 300) throw std::runtime_error("it does not end");
    }
    require_of_limits(plan_, trials_);
    limits_ = limits_of(plan_, trials_);
    return limits_.at("ladders")[0].at("models")[0];
  }
  Plan plan_;
  std::vector<json> trials_;
  json limits_;
};

TEST_F(Climbed, TheLimitIsTheLastRungThatIsKeptUpWith) {
  const json found = climb("in_flight_10ms", [](json& trial, const Load& load) {
    if (load.in_flight > 500) trial["efficiency"] = 0.9;
  });
  EXPECT_EQ(found.at("limit"), 420);
  EXPECT_EQ(found.at("first_failed"), 560);
  EXPECT_EQ(found.at("ended_by"), "too_slow");
  EXPECT_EQ(found.at("reason"), "90 % of the ideal, asked are 95");
  EXPECT_EQ(found.at("in_flight_per_gib"), 1024 * 1024);
  EXPECT_LE(trials_.size(), 2 * 20U) << "two models";
}

TEST_F(Climbed, EachReasonHasItsName) {
  const auto ended_by = [&](const std::string& ladder, const Change& change) {
    return climb(ladder, change).at("ended_by").get<std::string>();
  };
  EXPECT_EQ(ended_by("in_flight_10ms", [](json&, const Load&) {}), "ladder");
  EXPECT_EQ(ended_by("in_flight_10ms",
                     [](json& t, const Load& l) {
                       if (l.in_flight > 50) lose(t, "sustained", "at most 40");
                     }),
            "unsustained");
  EXPECT_EQ(ended_by("rate",
                     [](json& t, const Load& l) {
                       if (l.parameters.at("rate").size() > 4) lose(t, "overloaded", "too many");
                     }),
            "overloaded");
  EXPECT_EQ(ended_by("cpu_share_inline",
                     [](json& t, const Load& l) {
                       if (l.parameters.at("cpu_share").size() > 1) t["worker"]["loop_lag_ns"]["p99"] = 11e6;
                     }),
            "lag");
  EXPECT_EQ(ended_by("in_flight_10ms",
                     [](json& t, const Load& l) {
                       if (l.in_flight == 1) return;
                       lose(t, "limit", "one item at a time");
                       t["verdict"] = "skipped";
                     }),
            "refused");
  EXPECT_EQ(ended_by("in_flight_10ms", [](json& t, const Load&) { lose(t, "oracle", "wrong"); }), "void");
}

// Where the model's cores were idle and the server was at its end, the model may go further.
TEST_F(Climbed, TheServersEndIsNotTheModels) {
  const auto slow = [](double cpu_ns) {
    return [cpu_ns](json& trial, const Load& load) {
      if (load.in_flight <= 50) return;
      trial["efficiency"] = 0.9;
      trial["server_limited"] = true;
      trial["worker"]["cpu_run_ns"]["total"] = cpu_ns;
    };
  };
  EXPECT_EQ(climb("in_flight_10ms", slow(100e6)).at("ended_by"), "server");
  EXPECT_EQ(climb("in_flight_10ms", slow(250e6)).at("ended_by"), "too_slow") << "it had its core to the full";
}

// It was each model's own last rung, so that families differed by what chance made of one server.
TEST_F(Climbed, TheServersEndIsOneForAll) {
  const auto stopped_by_server = [](std::uint32_t loop, std::uint32_t pool) {
    return [loop, pool](json& trial, const Load& load) {
      if (load.in_flight <= (trial["model"] == "loop" ? loop : pool)) return;
      trial["efficiency"] = 0.9;
      trial["server_limited"] = true;
    };
  };
  climb("in_flight_10ms", stopped_by_server(750, 560));
  const json& near = limits_.at("ladders")[0];
  EXPECT_EQ(near.at("servers_end"), 560);
  for (const json& model : near.at("models")) {
    EXPECT_EQ(model.at("ended_by"), "server");
    EXPECT_EQ(model.at("limit"), 560) << "a rung is chance";
  }
  EXPECT_EQ(near.at("models")[0].at("last_held"), 750);
  EXPECT_EQ(near.at("models")[0].at("first_failed"), 1000);
  climb("in_flight_10ms", stopped_by_server(750, 240));
  const json& far = limits_.at("ladders")[0];
  EXPECT_EQ(far.at("servers_end"), 750);
  EXPECT_EQ(far.at("models")[1].at("limit"), 240);
  EXPECT_EQ(far.at("models")[1].at("ended_by"), "too_slow") << "the server goes further, as another has shown";
  EXPECT_EQ(far.at("models")[1].at("reason"),
            "90 % of the ideal, asked are 95; the server was busy or late, and yet goes as far as 750 with loop");
}

// A disturbed trial says less than an undisturbed one: the reason is that of the trial that came nearest.
TEST_F(Climbed, TheReasonIsThatOfTheBestTrial) {
  const json found = climb("in_flight_10ms", [](json& trial, const Load& load) {
    if (load.in_flight <= 500) return;
    trial["tape"]["efficiency"] = trial["efficiency"] = trial["round"] == 2 ? 0.949 : 0.3;
  });
  EXPECT_EQ(found.at("reason"), "94 % of the ideal, asked are 95");
}

TEST_F(Climbed, WhereRepeatsWouldDifferItIsAnInterval) {
  const json found = climb("in_flight_10ms", [](json& trial, const Load& load) {
    const bool at_times = load.in_flight == 560 && trial["round"] > 2;
    if (load.in_flight > 500 && !at_times) trial["efficiency"] = 0.9;
  });
  EXPECT_EQ(found.at("limit"), 560);
  EXPECT_EQ(found.at("interval"), json({420, 560}));
  EXPECT_NE(limits_table_of(limits_).find(" 420-560"), std::string::npos) << limits_table_of(limits_);
  EXPECT_FALSE(climb("in_flight_10ms", [](json&, const Load&) {}).contains("interval"));
}

// One trial decides nothing, and yet a repeat might have two of its kind.
TEST_F(Climbed, AnIntervalReachesToWhereASingleTrialKeptUp) {
  const json found = climb("in_flight_10ms", [](json& trial, const Load& load) {
    const bool by_luck = load.in_flight == 560 && trial["round"] == 1;
    if (load.in_flight > 500 && !by_luck) trial["efficiency"] = 0.9;
  });
  EXPECT_EQ(found.at("limit"), 420);
  EXPECT_EQ(found.at("interval"), json({420, 560}));
  EXPECT_NE(limits_table_of(limits_).find(" 420-560"), std::string::npos) << limits_table_of(limits_);
}

TEST_F(Climbed, IntervalsOfTasksLeaveTheColumnsApart) {
  climb("in_flight_10ms", [](json& trial, const Load& load) {
    if (load.in_flight > 500) trial["efficiency"] = 0.9;
  });
  for (json& model : limits_.at("ladders")[0].at("models")) {
    model.update({{"task_ns", 48'700.0}, {"last_held", 100.0}, {"limit", 72.3}, {"interval", json({100.0, 72.3})}});
  }
  const std::string table = limits_table_of(limits_);
  EXPECT_NE(table.find(" 49-35 us   "), std::string::npos) << table;
}

// Half of the first trials at a rung fail, and all others keep up.
TEST_F(Climbed, ThatAMachineIsDisturbedIsTold) {
  climb("in_flight_10ms", [](json& trial, const Load& load) {
    if (load.in_flight > 500 || (trial["round"] == 0 && trial["model"] == "pool")) trial["efficiency"] = 0.9;
  });
  const double share = limits_.at("disturbed_share");
  EXPECT_GT(share, 0.3);
  EXPECT_LT(share, 0.6);
  EXPECT_NE(limits_table_of(limits_).find("something disturbs this"), std::string::npos) << limits_table_of(limits_);
  climb("in_flight_10ms", [](json& trial, const Load& load) {
    if (load.in_flight > 500) trial["efficiency"] = 0.9;
  });
  EXPECT_EQ(limits_.at("disturbed_share"), 0);
  EXPECT_EQ(limits_table_of(limits_).find("something disturbs this"), std::string::npos);
}

TEST_F(Climbed, TheTimeThatALadderTookIsTold) {
  climb("in_flight_10ms", [](json& trial, const Load& load) {
    trial["wall_ns"] = 300e6;
    if (load.in_flight > 500) trial["efficiency"] = 0.9;
  });
  const double took_s = limits_.at("ladders")[0].at("took_s");
  EXPECT_NEAR(took_s, 0.3 * static_cast<double>(trials_.size()), 0.06);
  EXPECT_NE(limits_table_of(limits_).find("in_flight_10ms (" + std::to_string(took_s).substr(0, 1)), std::string::npos);
}

TEST_F(Climbed, GapsOfAPlateauDoNotEndWhoIsFastEnough) {
  const json found = climb("in_flight_10ms", [](json& trial, const Load& load) {
    if (load.in_flight < 10) return;
    lose(trial, "sustained", "only 89 % of the plateau");
    trial["tape"]["efficiency"] = load.in_flight > 500 ? 0.9 : 0.96;
  });
  EXPECT_EQ(found.at("limit"), 420);
}

// A climb that was given up, or cut off, has not come to the end of its ladder.
TEST_F(Climbed, OnlyTheLastRungIsTheLaddersEnd) {
  const json given_up = climb("in_flight_10ms", [](json& trial, const Load& load) {
    if (load.in_flight > 50) lose(trial, "disturbed", "the machine stood still");
  });
  EXPECT_EQ(given_up.at("ended_by"), "void");
  EXPECT_EQ(given_up.at("reason"), "disturbed: the machine stood still");
  climb("in_flight_10ms", [](json&, const Load&) {});
  const std::vector<json> half(trials_.begin(), trials_.begin() + 6);
  const json cut_off = limits_of(plan_, half).at("ladders")[0].at("models")[0];
  EXPECT_EQ(cut_off.at("ended_by"), "open");
  EXPECT_FALSE(cut_off.at("finished"));
  // It was told as what had been found: no rung at all, or one that no other trial had confirmed.
  const auto told_after = [&](std::size_t count) {
    return limits_table_of(limits_of(plan_, {trials_.begin(), trials_.begin() + static_cast<long>(count)}));
  };
  EXPECT_NE(told_after(6).find("?"), std::string::npos) << told_after(6);
  EXPECT_EQ(told_after(0).find("none"), std::string::npos) << told_after(0);
}

TEST_F(Climbed, ATaskIsToldAsATime) {
  const json found = climb("task_95", [](json& trial, const Load& load) {
    if (load.parameters.at("grain").size() < 4) trial["efficiency"] = 0.9;
    trial["tape"]["ideal_ns"] = load.items * 500.0;
  });
  EXPECT_EQ(found.at("limit"), 1000);
  EXPECT_EQ(found.at("task_ns"), 1000) << "500 ns an item on two cores";
}

TEST_F(Climbed, ItsTableFitsATerminalAndNamesWhatEndedWhom) {
  climb("in_flight_10ms", [](json& trial, const Load& load) {
    if (load.in_flight > 500 && trial["model"] == "pool") trial["efficiency"] = 0.9;
  });
  const std::string table = limits_table_of(limits_);
  EXPECT_LE(width_of(table), kColumns) << table;
  EXPECT_LT(table.find("threads"), table.find("callbacks")) << "families in their order\n" << table;
  EXPECT_NE(table.find("420"), std::string::npos) << table;
  EXPECT_NE(table.find(">10k"), std::string::npos) << table;
  EXPECT_NE(table.find("in_flight_10ms ended by: slower than asked (pool)"), std::string::npos) << table;
}

TEST_F(Climbed, AnInterruptedSearchGoesOnAsIfItHadNotBeen) {
  const auto change = [](json& trial, const Load& load) {
    if (load.in_flight > 500) trial["efficiency"] = 0.9;
  };
  climb("in_flight_10ms", change);
  for (const std::size_t cut : {std::size_t{1}, trials_.size() / 2, trials_.size() - 1}) {
    LimitsCourse resumed(plan_);
    for (std::size_t i = 0; i < cut; ++i) resumed.add(trials_[i]);
    const auto next = resumed.next();
    ASSERT_TRUE(next);
    EXPECT_EQ(plan_.points[next->point].id, trials_[cut].at("point").get<std::string>());
    EXPECT_EQ(plan_.models[next->model].name, trials_[cut].at("model"));
    EXPECT_EQ(next->round, trials_[cut].at("round"));
  }
  const std::vector<json> half(trials_.begin(), trials_.begin() + static_cast<long>(trials_.size() / 2));
  EXPECT_NE(limits_table_of(limits_of(plan_, half)).find("interleave limits --resume"), std::string::npos);
}

TEST(LimitsPlan, SurvivesItsFile) {
  const Plan plan = plan_limits({}, {bearer_of("callbacks", "loop"), bearer_of("threads", "pool")}, kTwoCores);
  const json file = plan;
  EXPECT_EQ(json(file.get<Plan>()), file);
  for (const PlannedLadder& ladder : plan.ladders) EXPECT_GE(ladder.points.size(), 8U) << ladder.name;
}

TEST(LimitsPlan, WhatTheMachineCutsOffIsTold) {
  const std::vector<PlannedModel> models{bearer_of("callbacks", "loop")};
  const Plan plan = plan_limits({.ladders = {"in_flight_100ms"}}, models, {2, 1064, 28'000});
  EXPECT_EQ(plan.cut, (std::vector<std::string>{"the ladder in_flight_100ms ends at 1000: this machine allows 1000 in "
                                                "flight; raise ulimit -n"}));
  EXPECT_EQ(json(plan).get<Plan>().cut, plan.cut);
  EXPECT_NE(limits_table_of(limits_of(plan, {})).find("ends at 1000"), std::string::npos);
  EXPECT_THROW(plan_limits({.ladders = {"wait"}}, models, {2, 80, 28'000}), std::invalid_argument);
  EXPECT_TRUE(plan_limits({.ladders = {"in_flight_100ms"}}, models, kTwoCores).cut.empty());
}

TEST(LimitsPlan, StaysWithinTheMachine) {
  const Plan plan = plan_limits({.ladders = {"in_flight_100ms"}}, {bearer_of("callbacks", "loop")}, {2, 1064, 28'000});
  EXPECT_EQ(plan.ladders[0].values.back(), 1000) << "of 18,000, with 1,064 descriptors of which 64 are its own";
}

TEST(LimitsPlan, NamesTheLaddersThereAre) {
  try {
    plan_limits({.ladders = {"height"}}, {bearer_of("callbacks", "loop")}, kTwoCores);
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("no ladder is called 'height'; known: in_flight_10ms"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace interleave
