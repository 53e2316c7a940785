// Judging items that arrive on a schedule.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <utility>
#include <vector>

#include "harness/judge/radix_order.hpp"
#include "harness/load/item.hpp"
#include "harness/numbers/quantiles.hpp"

namespace interleave {

// Latency counts from the time an item was due, whenever a lane was free to take it up: so the shadow of a stall is in
// it, whole.
struct ArrivalTimes {
  Quantiles latency;                                          // due to end; not to be told where the load was too much
  std::vector<std::pair<std::uint64_t, std::uint64_t>> bins;  // of the same: ns, within 0.8 %, and how many items
  Quantiles start_lag;                                        // due to start
  std::uint64_t unstarted = 0;                                // items that were not taken up when the last one was due
  bool overloaded = false;                                    // the backlog grew, all the time
};

// Whether the items have times of their own.
inline bool on_schedule(std::span<const ItemInput> inputs) { return !inputs.empty() && inputs.back().due_ns != 0; }

// `starts` in the order of the items; `begin_ns`: the run's start, from which inputs count.
ArrivalTimes arrival_times_of(std::span<const TimedItem> starts, std::span<const Record> records,
                              std::span<const ItemInput> inputs, std::int64_t begin_ns);

// Into a tape's summary: "start_lag_ns":{},"unstarted","overloaded" and, where that is false, "latency_ns":{} and
// "latency_bins":[[ns,items],..].
void add_to(nlohmann::json& summary, const ArrivalTimes& times);

}  // namespace interleave
