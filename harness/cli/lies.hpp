// Models that lie, in a build that has its tests' programs: where each is caught, and by what.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/trial/interrupt.hpp"

namespace interleave {

struct Lie {
  std::string model;
  std::vector<std::string> checks;  // each finds it; none: the model is honest, and nothing may be found
};

// A load with the models that lie at it.
struct LoadOfLies {
  std::string name;
  std::uint32_t least_cores = 1;
  nlohmann::json asked;  // workload, in_flight, settings; may be: server_profile, time_scale, cores
  std::vector<Lie> lies;
};

// Of tests/lying in the build folder; none where it was built without its tests. Throws std::invalid_argument in one
// line where the list there cannot be read.
std::vector<LoadOfLies> lies_of(const std::filesystem::path& build);

// A trial of each, as lines of trials.jsonl in the order of the lies. Throws what TrialRunner does.
std::vector<nlohmann::json> tried(const LoadOfLies& load, const std::filesystem::path& build, std::uint64_t seed,
                                  const Interrupt& interrupt);

// Whether each of its checks has found it; of one that is honest, whether none but the machine's own has found a thing.
// Of a trial that was skipped neither is known, and it is not.
bool is_caught(const Lie& lie, const nlohmann::json& trial);

}  // namespace interleave
