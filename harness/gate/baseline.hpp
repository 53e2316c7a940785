// What a build cost once, kept in a file for other builds, perhaps on other machines.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/gate/gate_result.hpp"

namespace interleave {

struct BaselineCell {
  std::string point, load, model;       // the point's id and label
  std::string work;                     // its load but for the seed, as JSON: an id says not how many items
  std::map<std::string, double> costs;  // medians, by quantity: ns, or ns an item
};

struct BaselineCounts {
  std::string load, model;
  std::map<std::string, double> values;  // an item
};

struct Baseline {
  std::string version, commit, created, profile;
  std::uint64_t seed = 0;
  std::uint32_t rounds = 0;
  std::map<std::string, std::string> machine;  // "cpu", "cores", "kernel"
  std::map<std::string, std::string> cpu_key;  // what counts of instructions hang on: "cpu", "glibc", "level"
  std::map<std::string, std::string> flags;    // how it was built
  std::map<std::string, double> controls;      // medians of the control kernels, ns a step
  std::vector<BaselineCell> cells;
  std::vector<BaselineCounts> counts;
  bool has_times = false, has_counts = false;  // what was asked for
  std::string uncounted;                       // why nothing was counted, where that was asked for
  std::vector<GateGap> voids;                  // what could not be measured, and why
  std::vector<GateGap> too_slow;               // what was too slow for the profile, or lost most rounds, and why
};

inline constexpr std::uint32_t kFewestBaselineRounds = 3, kMostBaselineRounds = 200;

// As docs/ci.md lays it down. from_json throws std::invalid_argument saying what is amiss.
void to_json(nlohmann::json& out, const Baseline& baseline);
void from_json(const nlohmann::json& from, Baseline& baseline);

// Of a file; throws std::invalid_argument naming it.
Baseline read_baseline(const std::filesystem::path& file);

// This machine's, of a baseline's two tables.
std::map<std::string, std::string> machine_key();
std::map<std::string, std::string> cpu_key();

}  // namespace interleave
