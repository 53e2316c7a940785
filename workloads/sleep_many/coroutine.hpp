// sleep_many, one item, for lanes that are awaited.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/sleep_many/nap.hpp"

namespace interleave {

struct SleepManyCoroutine {
  template <CoroutineLane L>
  static TaskOf<L, ItemResult> coroutine(L& lane, const Load& load, std::uint32_t item) {
    std::int64_t due = 0;
    co_await nap(lane, load, item, due);
    co_return nap_result(item, due);
  }

 private:
  // A function of its own, because the frame of a body keeps every term of what it awaits (GCC 12: 24 bytes a sleeper).
  template <CoroutineLane L>
  static auto nap(L& lane, const Load& load, std::uint32_t item, std::int64_t& due) {
    const std::int64_t now = now_ns();
    due = nap_ends_ns(load, item, now);
    return lane.sleep(nanoseconds(due - now));
  }
};

}  // namespace interleave
