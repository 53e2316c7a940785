// The gate's measuring: base and head of each cell back to back, in fresh processes that are started from one path.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/gate/arm.hpp"
#include "harness/gate/gate_result.hpp"
#include "harness/plan/make_plan.hpp"
#include "harness/trial/interrupt.hpp"
#include "harness/trial/models.hpp"

namespace interleave {

// What is to be measured, before it is: two plans of the same points and models, in one order, whose cells are those
// that both sides can run.
struct GatePlan {
  std::array<Plan, 2> plans;  // by side; the models' executables are the arms'
  std::vector<GateCell> cells;
  std::vector<GateGap> gaps;  // what one side alone has
};

// Throws std::invalid_argument as make_plan() does, and where the two have no cell in common.
GatePlan plan_gate(const RunRequest& request, const std::array<FoundModels, 2>& found, const MachineLimits& limits);

// Whether the programs of both arms are the same, byte for byte, their servers included.
bool are_identical(const GatePlan& plan, const std::array<Arm, 2>& arms);

// Seconds it takes at most, and where no cell is left after the first rounds; roughly. For --dry-run.
struct GateTime {
  std::chrono::seconds least, most;
};
GateTime expected_time(const GatePlan& plan, const GateRules& rules);

struct GateSetting {
  std::array<std::string, 2> names;  // by side, as the user gave them
  std::array<Arm, 2> arms{};         // of models
  GateRules rules{};
  std::uint64_t seed = 0;
  double inject = 0;                                       // a share of an item's CPU, as a busy wait in head's workers
  std::uint32_t inject_calls = 0, inject_allocations = 0;  // an item, in head's workers
  bool times = true;                                       // are measured and judged
  std::optional<AnatomyTools> counting{};                  // none: nothing is counted
  std::string uncounted{};                                 // why not
  std::filesystem::path controls{};                        // the control kernels' program
  std::function<void(const std::string&)> tell = [](const std::string&) {};  // a line, as it goes on
};

// Measures and concludes. Throws Interrupted, ServerGone, std::system_error, and std::runtime_error where a program was
// replaced meanwhile.
GateResult run_gate(GatePlan plan, const GateSetting& setting, const Interrupt& interrupt);

// The same of two commands of a shell.
GateResult run_command_gate(const std::array<std::string, 2>& commands, const GateSetting& setting,
                            const Interrupt& interrupt);

}  // namespace interleave
