// How the families compare: what each costs at each load, by the model that stands for it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

#include "harness/plan/plan.hpp"
#include "harness/verdict/cells.hpp"

namespace interleave {

// In the order of every table.
inline constexpr std::array<std::string_view, 5> kFamilies{"sequential", "processes", "threads", "callbacks",
                                                           "coroutines"};

// The member "families" of verdict.json, as docs/design.md lays it down. Pure.
nlohmann::json families_of(const Plan& plan, const std::vector<nlohmann::json>& trials, const Cells& cells);

}  // namespace interleave
