// What of a profile's grid a request asks for.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "harness/plan/make_plan.hpp"
#include "harness/plan/profiles.hpp"

namespace interleave {

// Its workloads, against its server. Throws std::invalid_argument naming what is known, or what would be left out
// without a word.
std::vector<GridLine> chosen_grid(const RunRequest& request, const RunProfile& profile);

}  // namespace interleave
