// spinner, one tick or the slow function, for lanes that are awaited.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/sleep_many/nap.hpp"
#include "workloads/spinner/slow_function.hpp"

namespace interleave {

struct SpinnerCoroutine {
  template <CoroutineOffload L>
  static TaskOf<L, ItemResult> coroutine(L& lane, const Load& load, std::uint32_t item) {
    const ItemInput& input = load.inputs[item];
    if (computes(input)) {
      const Work work = slow_function(input);
      const std::uint64_t sum = co_await lane.offload(work);
      co_return slow_result(item, sum);
    }
    const std::int64_t now = now_ns();
    const std::int64_t due = nap_ends_ns(load, item, now);
    const nanoseconds wait(due - now);
    co_await lane.sleep(wait);
    co_return nap_result(item, due);
  }
};

}  // namespace interleave
