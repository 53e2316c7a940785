// What a gate's blocks are made of: trials of one side, of models or of any command, as costs.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/gate/arm.hpp"
#include "harness/gate/gate_result.hpp"
#include "harness/machine/programs.hpp"
#include "harness/plan/plan.hpp"
#include "harness/trial/interrupt.hpp"

namespace interleave {

inline constexpr const char* kServerCpu = "server's CPU";  // a request; a quantity of loads that connect
inline constexpr std::uint32_t kTailItems = 1000;  // of which ten are beyond a p99: the fewest that one is judged of

struct TrialOutcome {
  std::map<std::string, double> costs;  // by quantity, above 0; infinite: the load was not kept up; absent: not told
  std::string trouble;                  // why it is no valid trial: "void: ..."; empty: it is one
  bool is_fault = false;                // of the program, and not of the machine
  std::string too_slow;                 // that patience ran out, and why
};

class GateTrials {
 public:
  virtual ~GateTrials() = default;
  virtual void begin_attempt() {}  // patience starts anew
  // One fresh process. Trials of a block have environments of one length. Throws Interrupted, or std::runtime_error
  // where the gate cannot go on.
  virtual TrialOutcome run(const GateCell& cell, Side side, std::uint32_t block) = 0;
};

// The quantities of a model at a point, and of a command.
std::vector<Quantity> quantities_of(const Plan& plan, const Point& point);
std::vector<Quantity> quantities_of_commands();

// The programs of both sides, by a name that says whose they are.
Programs programs_of_arms(const std::array<Plan, 2>& plans, const std::array<Arm, 2>& arms);

// `plans` are the sides' own, with one order of points and models. Of both the workers and servers are started from one
// path within `scratch`.
std::unique_ptr<GateTrials> model_trials(std::array<Plan, 2> plans, std::array<Arm, 2> arms,
                                         const std::filesystem::path& scratch, const Interrupt& interrupt);

// A shell runs them: wall time, CPU time of all processes that are waited for, peak memory of the largest of them.
std::unique_ptr<GateTrials> command_trials(std::array<std::string, 2> commands, std::uint64_t seed,
                                           const std::filesystem::path& scratch, const Interrupt& interrupt);

}  // namespace interleave
