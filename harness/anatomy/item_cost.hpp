// What one item of a load costs a model in things that can be counted: system calls, heap allocations, instructions.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/anatomy/wrapped_worker.hpp"
#include "harness/plan/plan.hpp"
#include "harness/trial/interrupt.hpp"
#include "harness/trial/server_child.hpp"

namespace interleave {

struct ItemCost {
  std::map<std::string, double>
      calls;                   // system calls an item, by name; those that do not grow with the items are left out
  double all_calls = 0;        // system calls an item, those that hardly grow among them
  double allocations = 0;      // heap allocations an item, over the whole process tree
  double allocated_bytes = 0;  // bytes asked for an item
  std::uint64_t started = 0;   // threads and processes that the smaller run started, the worker's first not counted
  std::optional<double>
      instructions{};   // of user mode an item; none where not asked for, or where forked processes kept them
  double sleeps = 0;    // voluntary context switches an item, of the processes that were waited for
  std::string skipped;  // the limit that kept the model from running; the rest is empty then
};

// What the counting is done with.
struct AnatomyTools {
  std::filesystem::path strace;
  std::filesystem::path allocations;  // the preloaded library
  std::filesystem::path valgrind;     // empty: no instructions
};

// What is installed here, and of this build. Throws std::runtime_error where strace is missing; valgrind may be.
AnatomyTools anatomy_tools(const std::filesystem::path& models_directory);

// Runs the worker four times, or six with valgrind, never a timed trial: under `strace -f -c`, under a preloaded
// counting allocator and under callgrind, with one item a lane and with load.items, at least twice as many; the slopes
// are what an item costs. `server` is null where the workload does not connect; `environment` are further variables,
// NAME=value. Throws std::runtime_error if a run goes wrong, ServerLost, or Interrupted.
class Anatomist {
 public:
  Anatomist(AnatomyTools tools, std::filesystem::path scratch, const Interrupt& interrupt)
      : tools_(std::move(tools)), scratch_(std::move(scratch)), interrupt_(interrupt) {}

  ItemCost cost_of(const PlannedModel& model, const Load& load, ServerChild* server,
                   const std::vector<std::string>& environment = {}) const;

 private:
  struct Tally {
    std::map<std::string, std::uint64_t> calls;
    std::uint64_t allocations = 0, bytes = 0, instructions = 0, sleeps = 0;
    std::string skipped;
  };
  struct Subject {
    const PlannedModel& model;
    Load load;
    ServerChild* server;
    const std::vector<std::string>& environment;
  };
  Tally trace(const Subject& subject) const;
  std::uint64_t instructions_of(const Subject& subject) const;
  WrappedRun run(const std::filesystem::path& wrapper, std::vector<std::string> arguments,
                 const Subject& subject) const;

  AnatomyTools tools_;
  std::filesystem::path scratch_;
  const Interrupt& interrupt_;
};

}  // namespace interleave
