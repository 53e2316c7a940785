// A worker that something else starts: a tracer, or what sets its environment.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "harness/plan/plan.hpp"
#include "harness/trial/interrupt.hpp"
#include "harness/trial/observation.hpp"
#include "harness/trial/server_child.hpp"

namespace interleave {

struct Wrapper {
  std::filesystem::path program;
  std::vector<std::string> arguments;      // before the worker's command line
  std::vector<std::string> environment{};  // further variables, NAME=value
};

struct WrappedRun {
  Prepared work;
  Observation seen;
  std::string skipped;  // the limit that kept the model from running
};

// One run of the load, never a timed trial: the limit allows for a tracer. `server` is null where the workload does not
// connect. Throws std::runtime_error if the run goes wrong, ServerLost, or Interrupted.
WrappedRun run_wrapped(Wrapper wrapper, const PlannedModel& model, const Load& load, ServerChild* server,
                       const std::filesystem::path& scratch, const Interrupt& interrupt);

}  // namespace interleave
