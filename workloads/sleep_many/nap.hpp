// How long an item sleeps, and what its waking comes to.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/load/item.hpp"
#include "harness/load/item_result.hpp"
#include "harness/load/load.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/worker/tape.hpp"
#include "workloads/sleep_many/digest.hpp"

namespace interleave {

// When the item may wake, CLOCK_MONOTONIC.
inline std::int64_t nap_ends_ns(const Load& load, std::uint32_t item, std::int64_t item_start_ns) {
  const ItemInput& input = load.inputs[item];
  const bool on_grid = (input.flags & kFromRunStart) != 0;
  return (on_grid ? load.tape->started_ns() : item_start_ns) + input.wait_ns;
}

// A sleep that ended early is TRUNCATED, whatever the earliness.
inline ItemResult nap_result(std::uint32_t item, std::int64_t due_ns) {
  const Outcome outcome = now_ns() < due_ns ? Outcome::truncated : Outcome::ok;
  return {.item = item, .outcome = outcome, .digest = nap_digest(item, outcome)};
}

}  // namespace interleave
