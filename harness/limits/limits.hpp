// What the search found, computed from the files of a run alone.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/plan/plan.hpp"

namespace interleave {

// Throws std::invalid_argument where a trial is not of this plan.
void require_of_limits(const Plan& plan, const std::vector<nlohmann::json>& trials);

// limits.json, as docs/design.md has it.
nlohmann::json limits_of(const Plan& plan, const std::vector<nlohmann::json>& trials);

}  // namespace interleave
