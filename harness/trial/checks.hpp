// The checks of a trial beside the judge of its tape: what the server saw, how many threads there were, what the worker
// says. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/judge/judge.hpp"
#include "harness/load/workload.hpp"

namespace interleave {

// What is known of a trial once it is over. Null where there is none.
struct Evidence {
  nlohmann::json worker;  // trial.json
  nlohmann::json ledger;
  nlohmann::json census;                 // {"threads","processes","sampled"}
  std::chrono::nanoseconds tree_cpu{0};  // of the run, as the harness read the clocks
  bool has_ticks = true;                 // a part of it is known in whole ticks only
  Window window;
};

// Why the trial is void, beside the judge's own reasons; none if it is valid. Pure.
//  ledger       the requests are the oracle's in number and fingerprint: none missing, doubled, unexpected, answered by
//               chance, or sooner than Retry-After said; on as many connections as there are to be
//  makespan     not shorter (by more than 5 % or 20 ms, and twice its loop lag) than the server was busy
//  concurrency  connections used >= 99 % of in_flight; where items do not wait, or the cores were busy all the time,
//  that is
//               told as `sustained`
//  sustained    with delays, peak >= 99 % of in_flight and a plateau share >= 0.9; without (where there are 10 items a
//  lane), a mean of >= 90 %
//               of in_flight under way. One in flight is always sustained. Where items compute after their reply, or
//               have several requests, lanes are busy without one at times, and the peak alone is asked for.
//  cpu          no less (by more than 5 %, 30 us a lane and 2 ms, or 20 ms where processes ended during the run) than
//               the clocks of the process tree say, and no more than the load's cores have in that time
//  census       threads and processes are those the model claims, where they could be counted
std::vector<Reason> why_void(const Load& load, const WorkloadAbout& workload, const Requests& requests,
                             const Judgement& judgement, const Evidence& evidence);

// Whether a void trial (a line of trials.jsonl) tells of a fault: of anything but concurrency that all lanes took part
// in and could not be sustained, a rate that was too much, or a machine that stopped it. That is what a busy machine
// does to any model, and a slow start of each item (a process for it) to some: the trial is void and never ranked, but
// nobody has lied.
bool is_fault(const nlohmann::json& trial);

// Whether the server may have been what limited the trial: never a reason to void, always a label. Where delays rank,
// or items arrive on a schedule: its CPU above 60 % of the wall time; where it delays: its p99 lateness above max(1 ms,
// 2 % of the typical delay); everywhere: listen overflows or shed connections.
bool server_limited(const Load& load, bool on_schedule, const nlohmann::json& ledger);

}  // namespace interleave
