// What --set key=value changes in the loads of a run.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "harness/plan/plan.hpp"
#include "harness/plan/profiles.hpp"
#include "harness/text/parameters.hpp"

namespace interleave {

// What --set changes in every load, and in every load that connects; the profile of the run has the defaults.
inline constexpr Setting kLoadSettings[] = {{"items", "", "how many items, 1 to 10^8"}};
inline constexpr Setting kRequestSettings[] = {
    {"timeout", "", "how long a request may take, such as 250us, 50ms or 1.5s; 0s: for ever"},
    {"delay", "", "from request to reply: 50ms, or 50ms..150ms (uniform), at most 300s; 0s: none"},
    {"bytes", "", "size of a reply's body: 1024, or 1024..4096 (uniform), at most 2^30"}};

// Applies key=value texts to the grid: the keys above, the parameters of the workloads in the grid, and the policies of
// the models. Throws std::invalid_argument naming the key, and for an unknown one those that would change something.
void apply_settings(std::vector<GridLine>& grid, const std::vector<std::string>& settings,
                    const std::vector<PlannedModel>& models);

// The keys apply_settings() understands, with words for --help.
std::string known_settings();

}  // namespace interleave
