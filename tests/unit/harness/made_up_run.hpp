// A plan of two models and its trials, without a machine: "fast" takes 1.0 ms and "slow" 1.5 ms.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/plan/plan.hpp"

namespace interleave {

inline Point made_up_point(const std::string& id, const std::string& series, std::uint32_t in_flight) {
  Point point;
  point.id = id;
  point.series = series;
  point.label = series + ", " + std::to_string(in_flight) + " in flight";
  point.load.workload = "sleep_many";
  point.load.in_flight = in_flight;
  point.load.cores = 1;
  point.ranks_by = RanksBy::makespan;
  return point;
}

inline void order_trials(Plan& plan) {
  plan.order.clear();
  for (std::uint32_t round = 0; round < plan.rounds; ++round) {
    for (std::size_t point = 0; point < plan.points.size(); ++point) {
      for (std::size_t model = 0; model < plan.models.size(); ++model)
        plan.order.push_back(
            {.trial = static_cast<std::uint32_t>(plan.order.size()), .round = round, .point = point, .model = model});
    }
  }
}

inline Plan small_plan(std::uint32_t rounds) {
  Plan plan;
  plan.version = "test";
  plan.profile = "standard";
  plan.rounds = rounds;
  for (const char* name : {"fast", "slow"}) plan.models.emplace_back().name = name;
  plan.points = {made_up_point("p", "a load", 10)};
  order_trials(plan);
  return plan;
}

inline std::vector<nlohmann::json> small_trials(const Plan& plan) {
  std::vector<nlohmann::json> trials;
  for (const PlannedTrial& trial : plan.order) {
    const double makespan = (trial.model == 0 ? 1e6 : 1.5e6) + 1e3 * (trial.trial * 7919 % 101);
    trials.push_back({{"schema", 1},
                      {"trial", trial.trial},
                      {"round", trial.round},
                      {"point", plan.points[trial.point].id},
                      {"model", plan.models[trial.model].name},
                      {"verdict", "valid"},
                      {"reasons", nlohmann::json::array()},
                      {"makespan_ns", makespan},
                      {"efficiency", nullptr},
                      {"server_limited", false}});
  }
  return trials;
}

// A reason as trials.jsonl has it.
inline nlohmann::json reason(const char* check, const char* text) { return {{"check", check}, {"text", text}}; }

inline void spoil(nlohmann::json& trial, const char* verdict, const nlohmann::json& why) {
  trial["verdict"] = verdict;
  trial["reasons"] = nlohmann::json::array({why});
  trial["makespan_ns"] = nullptr;
}

}  // namespace interleave
