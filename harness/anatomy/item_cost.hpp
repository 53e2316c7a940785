// What one item of a load costs a model in system calls and heap allocations, found by tracing.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "harness/plan/plan.hpp"
#include "harness/trial/interrupt.hpp"
#include "harness/trial/server_child.hpp"

namespace interleave {

struct ItemCost {
  std::map<std::string, double>
      calls;                   // system calls an item, by name; those that do not grow with the items are left out
  double allocations = 0;      // heap allocations an item, over the whole process tree
  double allocated_bytes = 0;  // bytes asked for an item
  std::string skipped;         // the limit that kept the model from running; the rest is empty then
};

// Runs the worker four times, never a timed trial: under `strace -f -c` and under a preloaded counting allocator, with
// one item a lane and with load.items, at least twice as many; the slopes are what an item costs. `server` is null
// where the workload does not connect. Throws std::runtime_error if a run goes wrong, ServerLost, or Interrupted.
class Anatomist {
 public:
  Anatomist(std::filesystem::path strace, std::filesystem::path allocations_library, std::filesystem::path scratch,
            const Interrupt& interrupt)
      : strace_(std::move(strace)),
        library_(std::move(allocations_library)),
        scratch_(std::move(scratch)),
        interrupt_(interrupt) {}

  ItemCost cost_of(const PlannedModel& model, const Load& load, ServerChild* server) const;

 private:
  struct Tally {
    std::map<std::string, std::uint64_t> calls;
    std::uint64_t allocations = 0, bytes = 0;
    std::string skipped;
  };
  Tally trace(const PlannedModel& model, const Load& load, ServerChild* server) const;
  // Answers the limit that kept it from running, if there is one.
  std::string run(const std::filesystem::path& wrapper, std::vector<std::string> arguments, const PlannedModel& model,
                  const Load& load, ServerChild* server) const;

  std::filesystem::path strace_, library_, scratch_;
  const Interrupt& interrupt_;
};

}  // namespace interleave
