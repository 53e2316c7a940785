// What orders the models at a load, in words and where its figures stand: one row for each of what it may be.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/plan/plan.hpp"

namespace interleave {

struct RankedQuantity {
  const char* words;     // in sentences
  const char* compared;  // in `interleave compare`, in gates and in their baselines
  const char* exported;  // to other tools
  const char* key;       // in a trial
  const char* unit;
};

inline constexpr RankedQuantity kRankedCpu{.words = "CPU per item",
                                           .compared = "CPU an item",
                                           .exported = "cpu-per-item",
                                           .key = "cpu_per_item_ns",
                                           .unit = "ns/item"};
inline constexpr RankedQuantity kRankedMakespan{
    .words = "makespan", .compared = "makespan", .exported = "makespan", .key = "makespan_ns", .unit = "ns"};
inline constexpr RankedQuantity kRankedLatency{.words = "p99 latency",
                                               .compared = "p99 latency",
                                               .exported = "latency-p99",
                                               .key = "latency_p99_ns",
                                               .unit = "ns"};

// Where nothing is ranked, as with one item in flight, CPU is shown.
constexpr const RankedQuantity& ranked_quantity(RanksBy ranks_by) noexcept {
  if (ranks_by == RanksBy::latency) return kRankedLatency;
  return ranks_by == RanksBy::makespan ? kRankedMakespan : kRankedCpu;
}

}  // namespace interleave
