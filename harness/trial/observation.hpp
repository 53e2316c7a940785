// A worker under observation: its phases, two looks at its process tree on the plateau, its end.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <vector>

#include "harness/trial/child.hpp"
#include "harness/trial/interrupt.hpp"
#include "harness/trial/process_tree.hpp"

namespace interleave {

struct PlateauSample {
  Census census;
  TreeMemory memory;
  RunQueueWait run_queue_wait;
  bool decisive = false;  // taken when everything must run; others may confirm a claim, but not refute it
};

struct Observation {
  Ended ended;
  std::vector<PlateauSample> samples;  // those looks that the run's end did not overtake
  bool hung = false;                   // killed after the limit
  bool server_died = false;            // killed because the server was gone
};

// Starts the worker with `--phase-fd 3` and stays with it to its end. `ideal` says where the plateau is: the
// looks are a quarter and a half of it after the run's start, or at once and 20 ms later where there is none. The limit
// is 20 s and ten times the ideal. `server_pidfd` is -1 where there is no server. Throws Interrupted, with the worker
// killed.
Observation observe(Launch launch, std::chrono::nanoseconds ideal, int server_pidfd, const Interrupt& interrupt);

}  // namespace interleave
