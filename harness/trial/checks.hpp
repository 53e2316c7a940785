// The void checks: whether a trial did the work it was asked to do, in the way it says.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/plan/known_workloads.hpp"
#include "harness/plan/plan.hpp"

namespace interleave {

// What is known of a trial once it is over. Null where there is none.
struct Evidence {
  nlohmann::json worker;  // trial.json
  nlohmann::json ledger;
  nlohmann::json census;  // {"threads","processes","sampled"}
};

// Why the trial is void, one line a check that failed; none if it is valid. Pure.
//  1. oracle: outcomes and digest are those of `oracle`, which the harness computed for itself.
//  2. ledger: nothing missing, doubled, unexpected or answered by chance, the fingerprint of the requests is the
//  oracle's, and the makespan is not
//     shorter (by more than 5 % or 20 ms, and twice its loop lag) than the server was busy.
//  3. concurrency: connections used >= 99 % of in_flight, and it is sustained: with delays, peak >= 99 % of in_flight
//  and a
//     plateau share >= 0.9; without (where there are 10 items a lane), a mean of >= 90 % of in_flight under way. One in
//     flight is always sustained. Where items compute after their reply, lanes are busy without a request, and the peak
//     alone is asked for. A reason starts with the check's name; the second half of this one with "sustained".
//  4. census: threads and processes are those the model claims, where they could be counted.
std::vector<std::string> why_void(const Load& load, const KnownWorkload& workload, const Oracle& oracle,
                                  const Evidence& evidence);

// Whether a void trial (a line of trials.jsonl) tells of a fault: of anything but concurrency that all lanes took part
// in and could not be sustained. That is what a busy machine does to any model, and a slow start of each item (a
// process for it) to some: the trial is void and never ranked, but nobody has lied.
bool is_fault(const nlohmann::json& trial);

// Whether the server may have been what limited the trial: never a reason to void, always a label. Where delays rank:
// its CPU above 60 % of the wall time, or its p99 lateness above max(1 ms, 2 % of the typical delay); everywhere:
// listen overflows or shed connections.
bool server_limited(const Load& load, const nlohmann::json& ledger);

}  // namespace interleave
