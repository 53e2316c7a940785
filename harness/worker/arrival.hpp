// Where items arrive on a schedule, a lane waits for the next one to be due.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <thread>

#include "harness/load/load.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/worker/tape.hpp"

namespace interleave {

using std::chrono::nanoseconds;

// CLOCK_MONOTONIC ns; 0: as soon as a lane is free.
inline std::int64_t due_at(const Load& load, std::uint32_t item) {
  const std::int64_t due = load.inputs[item].due_ns;
  return due == 0 ? 0 : load.tape->started_ns() + due;
}

// Zero or less: it may start now.
inline nanoseconds until_due(const Load& load, std::uint32_t item) {
  const std::int64_t due = due_at(load, item);
  return nanoseconds(due == 0 ? 0 : due - now_ns());
}

// For a model that makes something for each item, which is to be made when the item is due and not before.
inline void await_arrival(const Load& load, std::uint32_t item) {
  if (const nanoseconds left = until_due(load, item); left.count() > 0) std::this_thread::sleep_for(left);
}

}  // namespace interleave
