// executors, one item, for lanes that are awaited.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/executors/delegated.hpp"

namespace interleave {

struct ExecutorsCoroutine {
  template <CoroutineOffload L>
  static TaskOf<L, ItemResult> coroutine(L& lane, const Load& load, std::uint32_t item) {
    const Work work = delegated(load.inputs[item]);
    const std::uint64_t result = co_await lane.offload(work);
    co_return delegated_result(item, result);
  }
};

}  // namespace interleave
