// The judge of a trial: the tape against what was asked, item by item.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "harness/judge/arrivals.hpp"
#include "harness/judge/item_files.hpp"
#include "harness/judge/queue.hpp"
#include "harness/judge/reason.hpp"
#include "harness/judge/slices.hpp"
#include "harness/load/workload.hpp"
#include "harness/numbers/quantiles.hpp"

namespace interleave {

// When the harness let the run go and when it was told that it is over, by the harness's own clock (CLOCK_MONOTONIC
// ns).
struct Window {
  std::int64_t go_ns = 0, over_ns = 0;
};

struct Times {
  Quantiles service;          // start of the item to its end
  Quantiles first_byte;       // start of the item to the first byte of its last reply
  Quantiles wake_up_lag;      // server's write to the first byte seen, or the time of the run it waits for to its end
  double mean_in_flight = 0;  // sum of the items' spans / makespan (Little's law)
  std::int64_t first_end_ns = 0, median_end_ns = 0, last_end_ns = 0;  // since the start of the run
  std::int64_t begun_late_ns = 0;                                     // from being let go to the start of the run
  std::int64_t over_late_ns = 0;  // from the end of the last item to the word that the run is over
};

struct Judgement {
  std::vector<Reason> reasons;                      // none: every item is as it should be
  std::array<std::uint64_t, kOutcomes> outcomes{};  // finished items by outcome
  std::uint64_t wrong = 0, missing = 0,
                doubled = 0;          // items of another outcome or content; without one; finished more than once
  std::uint64_t early = 0;            // items that ended before they could
  std::uint32_t peak_in_flight = 0;   // most items under way at once
  std::uint64_t digest = 0;           // sum over items, mod 2^64
  nanoseconds ideal{0};
  nanoseconds makespan{0};  // start of the run to the end of its last item; or by the window, less 5 ms and 30 us a lane
  Times times;
  Handover handover;  // of no consumers where lanes do not hand items on: then there is no passage
  Passage passage;
  std::optional<ArrivalTimes> arrivals;  // none: an item starts as soon as a lane is free
  Slices slices;                         // when items ended, and how long those took; counted from when one was due
};

// Pure; some 100 ns an item and three copies of its times. `ideal`: 0 where there is none. Each kind of fault is one
// reason, with the first item at fault in words and how many there are. What is checked:
//   tape      nothing behind the last record, nor in the head; outcomes and lanes that exist
//   oracle    every item finished once, its outcome and digest as expected
//   early     no item shorter than its least time, or over before its time, or taken up before it was due
//   overlap   never more than in_flight items under way; none in a lane that has another. Where lanes hand items on,
//             in_flight producers have one each, as many are in the queue as it holds, and each consumer has one
//   order     items are taken up in their order: of those before the last one taken up, fewer than in_flight are not
//   queue     where lanes hand items on: queue.hpp
//   window    go <= start of the run <= every start, every end <= over; what else is stamped lies within, too; the run
//             began at once after go
//   makespan  not shorter than the ideal (98 % of it; where it is calibrated, 50 %)
//   overloaded  items that arrive on a schedule are done as fast as they come
Judgement judge(const TapeCopy& tape, const Prepared& prepared, std::uint32_t in_flight, nanoseconds ideal,
                IdealKind kind, Window window);

// {"outcomes":{NAME:count},"wrong","missing","doubled","early","peak_in_flight","mean_in_flight","digest","ideal_ns","makespan_ns","efficiency"
// (where there is an
// ideal),"service_ns":{p50,p90,p99,p999,max},"first_byte_ns":{},"wake_up_lag_ns":{},"first_end_ns","median_end_ns","last_end_ns","begun_late_ns","over_late_ns"},
// and where lanes hand items on "queue":{"capacity","most_at_once","blocked","blocked_ns","queued_ns":{}}
// and where items arrive on a schedule "start_lag_ns":{},"unstarted","overloaded" and, where that is false,
// "latency_ns":{}
// and where there are items enough "over_time":{"finished":[],"median_us":[]}
void to_json(nlohmann::json& out, const Judgement& judgement);

}  // namespace interleave
