// The main that all models share: --describe, --point, or a plain Google Benchmark program.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/load/workload.hpp"
#include "harness/numbers/quantiles.hpp"
#include "harness/worker/control.hpp"
#include "harness/worker/model.hpp"
#include "harness/worker/tree_cpu.hpp"

namespace interleave {

// What a worker says of one trial beside its records.
struct TrialResult {
  Claims claims;
  CpuTime cpu;                   // of the run alone, whole process tree
  std::uint64_t heartbeats = 0;  // 0: there is no loop, or the workload does not ask
  Quantiles loop_lag;
  std::uint64_t memory_before =
      0;  // PSS in bytes before lanes and connections were made, both files of the trial included
};

// Descriptors of the two files of a trial.
struct TrialFiles {
  int tape = -1, inputs = -1;
};

// A workload as one model offers it; `run` is empty where the model has no body for it: about.needs says what it lacks.
struct OfferedWorkload {
  WorkloadAbout about;
  std::function<TrialResult(Load, const TrialFiles&, Control&)> run;
  std::function<std::uint64_t(const Load&)> connections;  // that it has at once
  std::function<std::optional<std::string>(const Load&)> refusal;
  bool offered = false;
  bool hands_over_memory = false;  // see Declared
};

struct OfferedModel {
  Description description;
  std::string style;
  std::vector<std::string> capabilities;
  std::function<Claims(const Load&)> claims;
  std::vector<OfferedWorkload> workloads;
};

// Exit status: 0 done, 1 a wrong outcome (by hand only: else the harness judges), 2 usage or set-up, 77 a limit of the
// machine or of the model (with the reason).
int worker_main(const OfferedModel& model, int argc, char** argv);

// Why this model cannot run this load, if it cannot; throws std::invalid_argument for a policy that is none.
std::optional<std::string> limit_of(const OfferedModel& model, const OfferedWorkload& workload, const Load& load);

// Proportional set size of this process in bytes; 0 where /proc does not tell.
std::uint64_t proportional_set_size();

}  // namespace interleave
