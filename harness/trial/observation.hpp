// A worker under observation: it is let go, looked at twice on the plateau, its records taken when it is over.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <vector>

#include "harness/judge/judge.hpp"
#include "harness/trial/child.hpp"
#include "harness/trial/interrupt.hpp"
#include "harness/trial/orphans.hpp"
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
  std::vector<PlateauSample> samples;    // those looks that the run's end did not overtake
  std::optional<TapeCopy> tape;          // as it was when the worker said that the run is over; none if it never did
  Window window;                         // by our clock; 0 where it did not come to that
  std::vector<TapeLook> tape_looks;      // with those
  std::chrono::nanoseconds tree_cpu{0};  // of the run: clocks of the living, and ticks of those who ended
  bool has_ticks = false;                // some ended during the run: their part is in whole ticks
  std::chrono::nanoseconds stalled{0};   // that the harness itself stood still: it was stopped, or the machine was
  bool left_its_cores = false;           // a look found that it may run on others than it was given
  bool hung = false;                     // killed after the limit ...
  bool went_on = false;                  // ... while items still came to their end
  bool server_died = false;              // killed because the server was gone
  bool babbled = false;                  // killed for lines on the control socket that the contract does not have
  LeftBehind left_behind;                // who outlived it outside of its process group, and was ended
};

// What of that alone makes the trial void, beside how it ended; none if nothing does.
std::optional<Reason> why_killed(const Observation& seen);
std::string why_void(const LeftBehind& left);

// Starts the worker with `--control FD --tape FD --inputs FD` behind its arguments, and stays with it to its end.
// `ideal` says where the plateau is: the looks are a quarter and a half of it after the run's start, or at once and 20
// ms later where there is none. The limit is 20 s and ten times the ideal, not counting the time that this process
// itself stood still; who says more than 16 lines on the control socket that mean nothing is killed at once.
// `server_pidfd` is -1 where there is no server. Throws Interrupted, with the worker killed.
Observation observe(Launch launch, const ItemFiles& files, std::span<const ItemInput> inputs,
                    std::chrono::nanoseconds ideal, int server_pidfd, const Interrupt& interrupt);

}  // namespace interleave
