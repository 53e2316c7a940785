// A worker as a plain Google Benchmark program: no harness, and so its own judge.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/worker_main.hpp"
#include "harness/worker/worker_options.hpp"

namespace interleave {

// Runs every workload that the flags allow, at the load that they give, and judges each. Ends the program at the first
// that fails. Returns the exit status.
int run_by_hand(const OfferedModel& model, const WorkerOptions& options, int argc, char** argv);

}  // namespace interleave
