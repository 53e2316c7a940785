// Advice: the cheapest that keeps up is recommended, what else would do is told with its price, and each line has data
// that make it another one.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/advice/advice.hpp"
#include "harness/text/joined.hpp"
#include "tests/unit/harness/made_up_models.hpp"

namespace interleave {
namespace {

using nlohmann::json;
using std::chrono::microseconds;
using std::chrono::milliseconds;

class Advised : public testing::Test {
 protected:
  using Change = std::function<void(json& trial, const std::string& model, const Load& load)>;
  // Loops cost 20 us, threads 30, processes 40, and all keep up, but for what `change` says.
  Advice advised(const Change& change = {}) {
    plan_ = plan_advice(question_,
                        {bearer_of("callbacks", "loop"), bearer_of("threads", "pool"), bearer_of("processes", "forks")},
                        kTwoCores);
    const std::map<std::string, double> cpu{{"loop", 20e3}, {"pool", 30e3}, {"forks", 40e3}};
    std::vector<json> trials;
    for (const PlannedTrial& at : plan_.order) {
      const std::string name = plan_.models[at.model].name;
      json trial{{"trial", at.trial},
                 {"round", at.round},
                 {"point", plan_.points[at.point].id},
                 {"model", name},
                 {"verdict", "valid"},
                 {"reasons", json::array()},
                 {"cpu_per_item_ns", cpu.at(name) + 100.0 * at.round},
                 {"efficiency", 0.99},
                 {"makespan_ns", 1e9},
                 {"memory", {{"plateau_pss_bytes", 1 << 20}}},
                 {"tape", {{"service_ns", {{"p99", 30e6}}}}},
                 {"server_limited", false}};
      if (change) change(trial, name, plan_.points[at.point].load);
      trials.push_back(std::move(trial));
    }
    return advice_of(plan_, trials, question_);
  }
  std::string text(const Change& change = {}) { return joined(advised(change).lines, "\n"); }

  Question question_{.in_flight = 100, .wait = milliseconds(20), .cpu = microseconds(300)};
  Plan plan_;
};

void lose(json& trial) {
  trial["verdict"] = "void";
  trial["reasons"] = {{{"check", "sustained"}, {"text", "at most 40"}}};
}

TEST_F(Advised, TheCheapestIsRecommendedWithWhatElseWouldDo) {
  const std::string told = text();
  EXPECT_EQ(told.rfind("Take callbacks (loop): 20.2 us of CPU an item", 0), 0U) << told;
  EXPECT_NE(told.find("Would do, too: threads at 1.5 times the CPU, processes at 2.0 times the CPU."),
            std::string::npos)
      << told;
  EXPECT_NE(told.find("change nothing"), std::string::npos) << told;
}

TEST_F(Advised, WhoDoesNotKeepUpWillNotDoHoweverCheap) {
  const std::string told = text([](json& trial, const std::string& model, const Load&) {
    if (model == "loop") trial["efficiency"] = 0.5;
  });
  EXPECT_EQ(told.rfind("Take threads (pool)", 0), 0U) << told;
  EXPECT_NE(told.find("would not do: callbacks (reaches 50 % of the ideal)"), std::string::npos) << told;
}

TEST_F(Advised, MemoryAndLatencyAreAskedFor) {
  question_.most_bytes = 2e6;
  EXPECT_EQ(text([](json& trial, const std::string& model, const Load&) {
              if (model == "loop") trial["memory"]["plateau_pss_bytes"] = 3e6;
            }).rfind("Take threads", 0),
            0U);
  question_.most_bytes.reset();
  question_.most_p99_ns = 50e6;
  EXPECT_EQ(text([](json& trial, const std::string& model, const Load&) {
              if (model == "loop") trial["tape"]["service_ns"]["p99"] = 60e6;
            }).rfind("Take threads", 0),
            0U);
}

TEST_F(Advised, MemoryThatNobodyMeasuredIsNotLittle) {
  question_.most_bytes = 2e6;
  const std::string told = text([](json& trial, const std::string& model, const Load&) {
    if (model == "loop") trial["memory"] = nullptr;
  });
  EXPECT_EQ(told.rfind("Take threads", 0), 0U) << told;
  EXPECT_NE(told.find("callbacks (its memory could not be measured)"), std::string::npos) << told;
}

TEST_F(Advised, WhoWasNotReachedInTimeMightBeBetter) {
  const Advice advice = advised([](json& trial, const std::string& model, const Load&) {
    if (model == "loop") trial["point"] = "another";
  });
  EXPECT_FALSE(advice.is_told);
  EXPECT_EQ(advice.lines.back(), "That is no advice yet, for there was no time for callbacks.");
}

TEST_F(Advised, RoundsThatMeetAreNotToldApart) {
  const std::string told = text([](json& trial, const std::string& model, const Load&) {
    if (model == "pool") trial["cpu_per_item_ns"] = trial.at("round") == 0 ? 20e3 : 22e3;
  });
  EXPECT_NE(told.find("As good: threads"), std::string::npos) << told;
}

TEST_F(Advised, WhatWouldChangeItIsNamed) {
  const std::string told = text([](json& trial, const std::string& model, const Load& load) {
    if (model == "loop" && load.parameters.at("work") == "600us") trial["efficiency"] = 0.6;
    if (load.in_flight == 200) trial["efficiency"] = 0.6;
  });
  EXPECT_NE(told.find("with 600us of computing take threads"), std::string::npos) << told;
  EXPECT_NE(told.find("with 200 in flight nobody keeps up"), std::string::npos) << told;
  EXPECT_EQ(told.find("change nothing"), std::string::npos) << told;
}

TEST_F(Advised, WhereNobodyKeepsUpNothingIsRecommended) {
  const Advice advice = advised([](json& trial, const std::string&, const Load&) { lose(trial); });
  EXPECT_FALSE(advice.is_told);
  EXPECT_EQ(advice.lines.front().rfind("No family will do: callbacks (at most 40)", 0), 0U) << advice.lines.front();
}

// Nothing is said of what was not measured.
TEST_F(Advised, WhatTheTimeDidNotReachIsToldAsSuch) {
  advised();
  const auto until = [&](std::size_t most_points) {
    std::vector<json> trials;
    for (const PlannedTrial& at : plan_.order) {
      if (at.point >= most_points) continue;
      if (most_points == 1 && plan_.models[at.model].name == "pool") continue;
      trials.push_back({{"trial", at.trial},
                        {"round", at.round},
                        {"point", plan_.points[at.point].id},
                        {"model", plan_.models[at.model].name},
                        {"verdict", "valid"},
                        {"reasons", json::array()},
                        {"cpu_per_item_ns", 20e3},
                        {"efficiency", 0.99},
                        {"makespan_ns", 1e9},
                        {"memory", nullptr},
                        {"tape", {{"service_ns", {{"p99", 30e6}}}}},
                        {"server_limited", false}});
    }
    return joined(advice_of(plan_, trials, question_).lines, "\n");
  };
  EXPECT_NE(until(2).find("Not measured, for the time was over: "), std::string::npos) << until(2);
  EXPECT_NE(until(1).find("threads (not measured: the time was over)"), std::string::npos) << until(1);
  EXPECT_NE(until(1).find("Nothing is known of what would change it"), std::string::npos) << until(1);
}

TEST_F(Advised, WhoIsTooSlowForTheProfileIsNamed) {
  const std::string told = text([](json& trial, const std::string& model, const Load&) {
    if (model != "forks") return;
    trial["verdict"] = "skipped";
    trial["reasons"] = {{{"check", "patience"}, {"text", "a trial takes 9 s"}}};
  });
  EXPECT_NE(told.find("would not do: processes (a trial takes 9 s)"), std::string::npos) << told;
}

TEST_F(Advised, ALoadThatNoMinuteIsEnoughForIsRefused) {
  question_.in_flight = 1000;
  question_.cpu = std::chrono::seconds(1);
  EXPECT_THROW(advised(), std::invalid_argument);
}

TEST_F(Advised, TheLoadsAreTheQuestionAndHalfAndTwiceOfEachNumber) {
  advised();
  EXPECT_EQ(plan_.points.size(), 7U);
  EXPECT_EQ(plan_.points.front().load.in_flight, 100U);
  question_.cpu = microseconds(0);
  advised();
  EXPECT_EQ(plan_.points.size(), 5U);
  EXPECT_NE(longer_look(plan_, question_)
                .find("--in-flight 50,100,200 --cores 1 --profile standard --set delay=10000us..30000us"),
            std::string::npos);
}

TEST_F(Advised, WhatTheMachineCannotDoIsRefused) {
  question_.cores = 8;
  EXPECT_THROW(plan_advice(question_, {bearer_of("callbacks", "loop")}, kTwoCores), std::invalid_argument);
  question_.cores = 1;
  question_.in_flight = 50'000;
  EXPECT_THROW(plan_advice(question_, {bearer_of("callbacks", "loop")}, kTwoCores), std::invalid_argument);
}

}  // namespace
}  // namespace interleave
