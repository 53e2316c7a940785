// A worker under observation: its phases, one look at its process tree on the plateau, its end.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>

#include "harness/trial/child.hpp"
#include "harness/trial/interrupt.hpp"
#include "harness/trial/process_tree.hpp"

namespace interleave {

struct PlateauSample {
  Census census;
  TreeMemory memory;
  RunQueueWait run_queue_wait;
};

struct Observation {
  Ended ended;
  std::optional<PlateauSample> sample;  // none if the run was over before a look at it was
  bool hung = false;                    // killed after the limit
  bool server_died = false;             // killed because the server was gone
};

// Starts the worker with `--phase-fd 3` and stays with it to its end. `ideal` says where the plateau is; the limit is 60 s and
// ten times the ideal. `server_pidfd` is -1 where there is no server. Throws Interrupted, with the worker killed.
Observation observe(Launch launch, std::chrono::nanoseconds ideal, int server_pidfd, const Interrupt& interrupt);

}  // namespace interleave
