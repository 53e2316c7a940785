// From plan and trials to verdict.json.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/plan/plan.hpp"

namespace interleave {

// As docs/design.md lays verdict.json down. Pure: the same plan and trials give the same bytes.
nlohmann::json verdict_of(const Plan& plan, const std::vector<nlohmann::json>& trials);

// Throws std::invalid_argument, in one line, unless each trial is the plan's trial of its number, and none is there
// twice.
void require_of_plan(const Plan& plan, const std::vector<nlohmann::json>& trials);

// The text of verdict.json.
std::string verdict_text(const nlohmann::json& verdict);

}  // namespace interleave
