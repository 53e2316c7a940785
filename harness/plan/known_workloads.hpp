// What the harness knows of each workload: its parameters, and the oracle of any load, computed without running it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/http/outcome.hpp"
#include "harness/worker/load.hpp"

namespace interleave {

// What a trial of one load must come to, from the seed alone. The harness computes it for itself, so that a worker
// cannot choose what it is compared with.
struct Oracle {
  std::chrono::nanoseconds ideal{0};
  std::uint64_t digest = 0;
  std::uint64_t fingerprint = 0;  // of the requests; 0 where the workload does not connect
  std::array<std::uint64_t, kOutcomes> outcomes{};
};

struct KnownParameter {
  std::string name;
  std::string otherwise;  // the default
  std::string meaning;
};

struct KnownWorkload {
  std::string name;
  std::string summary;
  bool connects = false;
  bool offloads =
      false;  // its items compute after their reply, so that requests in flight are no measure of its concurrency
  std::vector<KnownParameter> parameters;
  // Throws std::invalid_argument where a parameter is no good, in one line naming it.
  std::function<Oracle(const Load&)> oracle;
  // The ideal alone, which is much quicker; throws likewise.
  std::function<std::chrono::nanoseconds(const Load&)> ideal;
};

// In the order of workloads/all.hpp.
const std::vector<KnownWorkload>& known_workloads();

// Throws std::invalid_argument naming the known ones.
const KnownWorkload& known_workload(const std::string& name);

}  // namespace interleave
