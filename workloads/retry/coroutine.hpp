// retry, one item, for lanes that are awaited.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/retry/attempts.hpp"

namespace interleave {

struct RetryCoroutine {
  template <CoroutineDeadline L>
  static TaskOf<L, ItemResult> coroutine(L& lane, const Load& load, std::uint32_t item) {
    const ItemInput& input = load.inputs[item];
    for (std::uint32_t attempt = 0;; ++attempt) {
      const Request request{input.argument, attempt};
      const Reply reply = co_await lane.fetch_within(request, load.timeout);
      if (!is_worth_another(input, attempt, reply)) co_return last_of(item, attempt, reply);
      const nanoseconds pause = pause_behind(input, attempt, reply);
      co_await lane.sleep(pause);
    }
  }
};

}  // namespace interleave
