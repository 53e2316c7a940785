// The main that all models share: --describe, --point, or a plain Google Benchmark program.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/worker/judge.hpp"
#include "harness/worker/model.hpp"
#include "harness/worker/tree_cpu.hpp"

namespace interleave {

// One trial, as a model left it. Times are CLOCK_MONOTONIC nanoseconds.
struct TrialResult {
  Judgement judgement;
  Times times;
  Claims claims;
  nanoseconds ideal{0};
  nanoseconds makespan{0};
  std::uint64_t fingerprint = 0;
  std::int64_t connected_ns = 0, run_ns = 0, over_ns = 0, drained_ns = 0;
  CpuTime cpu;                   // of the run alone, whole process tree
  std::uint64_t heartbeats = 0;  // 0: there is no loop, or the workload does not ask
  Quantiles loop_lag;
  std::uint64_t memory_before = 0;  // PSS in bytes before lanes and connections were made, tape included
};

// Told when a phase begins: "connected", "run" and "over"; never called while the run is timed.
using OnPhase = std::function<void(std::string_view phase, nanoseconds ideal)>;

// A workload as one model offers it. `run` is empty where the model has no body for it, and `why_not` says what it
// lacks.
struct OfferedWorkload {
  std::string name;
  bool connects = false;
  bool offloads = false;
  std::vector<Setting> parameters;
  std::function<TrialResult(const Load&, const OnPhase&)> run;
  std::string why_not;
};

struct OfferedModel {
  Description description;
  std::string style;
  std::vector<std::string> capabilities;
  std::function<std::optional<std::string>(const Load&)> refusal;
  std::vector<OfferedWorkload> workloads;
};

// Exit status: 0 fine, 1 a wrong outcome, 2 usage or set-up, 77 a limit of the machine or of the model (with the
// reason).
int worker_main(const OfferedModel& model, int argc, char** argv);

// Proportional set size of this process in bytes; 0 where /proc does not tell.
std::uint64_t proportional_set_size();

}  // namespace interleave
