// Runs a worker under strace, for a timeline of its items.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

#include "harness/plan/plan.hpp"
#include "harness/trace/trace.hpp"
#include "harness/trial/interrupt.hpp"
#include "harness/trial/server_child.hpp"

namespace interleave {

class Tracer {
 public:
  // Throws std::runtime_error, in one line, where `strace` may trace nothing here.
  Tracer(std::filesystem::path strace, std::filesystem::path scratch, const Interrupt& interrupt);

  // One fresh run, never a timed trial. `server` is null where the workload does not connect. What the model cannot run
  // is said in `skipped`. Throws std::runtime_error if the run goes wrong, ServerLost, or Interrupted.
  TracedModel trace(const PlannedModel& model, const Load& load, ServerChild* server) const;

 private:
  std::filesystem::path strace_, scratch_;
  const Interrupt& interrupt_;
};

}  // namespace interleave
