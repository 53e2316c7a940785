// From what the user asks to the plan of the run.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/plan/plan.hpp"

namespace interleave {

struct RunRequest {
  std::string profile = "quick";
  std::vector<std::string> models;       // none: all
  std::vector<std::string> workloads;    // none: all
  std::vector<std::uint32_t> in_flight;  // none: the profile's
  std::vector<std::string> settings;     // key=value
  std::optional<std::uint32_t> rounds;
  std::uint64_t seed = 1;
  std::string cores;           // "": the profile's; "1", "all" or a number
  std::string server_profile;  // "": the grid's
  double time_scale = 1.0;     // of server_profile
};

// What of the machine bounds a plan.
struct MachineLimits {
  std::uint32_t cores = 1;           // that this process may use
  std::uint64_t descriptors = 1024;  // hard limit of one process
  std::uint64_t ports = 28'000;      // ephemeral
};

// The most connections a trial may ask for on this machine.
std::uint32_t most_in_flight(const MachineLimits& limits);

// Throws std::invalid_argument in one line that names what is known or what the limit is. Points that exceed the
// machine's limits are in the plan as skips of every model.
Plan make_plan(const RunRequest& request, std::vector<PlannedModel> models, const MachineLimits& limits);

// What the run will take, roughly.
std::chrono::seconds expected_time(const Plan& plan);

}  // namespace interleave
