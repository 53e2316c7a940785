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

// Why a model cannot run a load, whatever the machine; none: it can.
std::optional<std::string> why_not_offered(const PlannedModel& model, const Load& load);

// A load as a point of a plan: its names, what ranks it, and its seed, which comes from the run's and from what it is.
Point point_of(Load load, const WorkloadAbout& about, std::uint64_t run_seed);

// What the run will take, roughly.
std::chrono::seconds expected_time(const Plan& plan);

}  // namespace interleave
