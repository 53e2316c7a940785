// Which family to take for a load of one's own, from measurements at that load and around it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/plan/make_plan.hpp"

namespace interleave {

// A program that waits for many things and computes a little on each.
struct Question {
  std::uint32_t in_flight = 100;
  std::chrono::microseconds wait{0};    // of an item, on average: half to one and a half times as long
  std::chrono::microseconds cpu{0};     // that an item then computes
  std::uint32_t cores = 1;              // that the program may use
  std::optional<double> most_bytes{};   // of the whole process tree
  std::optional<double> most_p99_ns{};  // from an item's start to its end
  std::uint64_t seed = 1;
};

// That measuring may take.
inline constexpr std::chrono::seconds kAdviceTime{58};

// Seven loads at most: the question itself, and half and twice of each of its numbers, with fewer rounds; those that
// the time does not reach are told as not measured. The question's point is the first. Throws std::invalid_argument
// where the machine cannot do it, or not in the time.
Plan plan_advice(const Question& question, std::vector<PlannedModel> models, const MachineLimits& limits);

struct Advice {
  std::vector<std::string> lines;  // a recommendation, what else would do, what would change it
  bool is_told = false;            // false: the lines say why there is none
};

// From the trials so far alone.
Advice advice_of(const Plan& plan, const std::vector<nlohmann::json>& trials, const Question& question);

// The options of `interleave run` for a longer look.
std::string longer_look(const Plan& plan, const Question& question);

}  // namespace interleave
