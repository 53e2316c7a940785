// What this machine charges for what models do: a read, a call, a switch, a start, a message, a write.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace interleave {

// One thing that has a price here, and how to do it.
struct CostProbe {
  using Batch = std::function<void(std::uint32_t operations)>;
  std::string name;                // in files
  std::string said;                // in words: "a system call"
  std::string family;              // that pays it most; empty: all do
  std::uint32_t operations = 0;    // of one batch, so that reading the clock is nothing beside them
  std::function<Batch()> prepare;  // makes what batches need, which goes with the batch. Throws std::runtime_error
};

struct MachineCost {
  std::vector<double> ns;  // an operation, of each batch, ascending; empty where it could not be measured
  std::string why_not;     // then
};

// The cheapest first, as machines mostly are. Files are written into `folder`, and gone when the batch is.
std::vector<CostProbe> cost_probes(const std::filesystem::path& folder);

// One batch that does not count, then as many as the time allows, three at least and 51 at most.
MachineCost cost_of(const CostProbe& probe, std::chrono::nanoseconds time);

// {"name","said","family":""|family,"batches","operations","median_ns":x|null,"low_ns","high_ns","why_not"}: the median
// of the batches and their quartiles, by nearest rank.
nlohmann::json json_of(const CostProbe& probe, const MachineCost& cost);

}  // namespace interleave
