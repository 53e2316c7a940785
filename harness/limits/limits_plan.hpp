// The ladders of the workloads as a plan: a load for each rung.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "harness/plan/make_plan.hpp"

namespace interleave {

struct LimitsRequest {
  std::vector<std::string> ladders;  // by name; none: all
  std::uint64_t seed = 1;
};

// The rungs of a ladder, the easiest first: eight to a decade to two digits, or evenly spaced; the hardest is one.
std::vector<double> rungs_of(const Ladder& ladder);

// Its profile is "limits", its order empty. Rungs that this machine has no descriptors or ports for are left out.
// Throws std::invalid_argument naming the known ladders.
Plan plan_limits(const LimitsRequest& request, std::vector<PlannedModel> models, const MachineLimits& limits);

}  // namespace interleave
