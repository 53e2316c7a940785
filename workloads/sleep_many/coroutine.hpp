// sleep_many, one item, for lanes that are awaited.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/sleep_many/spec.hpp"

namespace interleave {

struct SleepManyCoroutine {
  template <CoroutineLane L>
  static TaskOf<L, ItemResult> coroutine(L& lane, const SleepManyLoad& load, std::uint32_t item) {
    const std::int64_t now = now_ns();
    const std::int64_t due = SleepManySpec::due_ns(load, item, now);
    co_await lane.sleep(nanoseconds(due - now));
    co_return SleepManySpec::result(item, due);
  }
};

}  // namespace interleave
