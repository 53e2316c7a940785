// What the commands that measure share before their first trial.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/machine/programs.hpp"
#include "harness/plan/make_plan.hpp"

namespace interleave {

// The models of these names; where there are none, all, or of this build those that bear their families and of
// --models-dir all. Tells of programs that do not answer. Throws std::invalid_argument where there are none.
std::vector<PlannedModel> models_asked_for(const std::vector<std::string>& names,
                                           const std::vector<std::string>& models_dir, bool bearers_only);

MachineLimits machine_limits();

// Who made the plan, when, and of what.
void stamp(Plan& plan);

// The programs whose change would end a run.
Programs programs_of(const Plan& plan);

// The machine's facts. Throws std::runtime_error where the plan connects and loopback does not work.
nlohmann::json machine_for(const Plan& plan);

// Tells what of the machine would spoil a measurement.
void warn_of(const nlohmann::json& machine);

// 90s, 10min, 2h; empty: none. Throws std::invalid_argument.
std::optional<std::chrono::seconds> time_within(const std::string& text);

}  // namespace interleave
