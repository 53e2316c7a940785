// Why a trial is void: which check says so, and what it saw.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace interleave {

// The checks, by the names that trials.jsonl and docs/design.md have for them.
namespace check {
inline constexpr const char* kTape = "tape";                // the files themselves
inline constexpr const char* kOracle = "oracle";            // outcome and content of each item
inline constexpr const char* kEarly = "early";              // an item that ended before it could
inline constexpr const char* kOverlap = "overlap";          // more under way than asked
inline constexpr const char* kOrder = "order";              // admission
inline constexpr const char* kQueue = "queue";              // what lanes hand on: bound and order
inline constexpr const char* kWindow = "window";            // records from before or after the run
inline constexpr const char* kMakespan = "makespan";        // shorter than can be
inline constexpr const char* kCpu = "cpu";                  // CPU time that was not told
inline constexpr const char* kLedger = "ledger";            // what the server saw
inline constexpr const char* kConcurrency = "concurrency";  // lanes that were never used
inline constexpr const char* kSustained = "sustained";      // in_flight was not reached or not kept: no fault
inline constexpr const char* kOverloaded = "overloaded";    // items arrived faster than they were done: no fault
inline constexpr const char* kCensus = "census";            // threads and processes
inline constexpr const char* kWorker = "worker";            // how it ended, or what it says
inline constexpr const char* kServer = "server";            // it died
inline constexpr const char* kLimit = "limit";              // of the machine or of the model: skipped
inline constexpr const char* kPatience = "patience";    // too slow for the profile: skipped; for any: void, no fault
inline constexpr const char* kDisturbed = "disturbed";  // the machine stopped or throttled the trial: no fault
}  // namespace check

// The model was there, did the work as it should, and was not fast enough for what was asked.
inline bool is_lost(std::string_view check) {
  return check == check::kSustained || check == check::kOverloaded || check == check::kPatience;
}

struct Reason {
  std::string check;
  std::string text;    // for people, without the check's name
  double limit_s = 0;  // seconds that the check allows; 0: it is not of a time

  std::string sentence() const { return check.empty() ? text : check + ": " + text; }
};

// {"check","text"}, and "limit_s" where there is one; empty from anything else, for a verdict is better than none.
void to_json(nlohmann::json& out, const Reason& reason);
void from_json(const nlohmann::json& from, Reason& reason);

}  // namespace interleave
