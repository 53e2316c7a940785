// What --set key=value changes in the loads of a run.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "harness/plan/plan.hpp"
#include "harness/plan/profiles.hpp"

namespace interleave {

// Applies key=value texts to the grid: items=N, timeout=TIME, delay=TIME or LOW..HIGH (uniform), bytes=N or LOW..HIGH, and
// the parameters of the workloads in the grid, and the policies of the models. Throws std::invalid_argument naming the key, and
// for an unknown one the known.
void apply_settings(std::vector<Series>& grid, const std::vector<std::string>& settings, const std::vector<PlannedModel>& models);

// The keys apply_settings() understands, with words for --help.
std::string known_settings();

}  // namespace interleave
