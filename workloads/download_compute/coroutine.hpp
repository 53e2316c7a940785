// download_compute, one item, for lanes that are awaited.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download_compute/reply_work.hpp"

namespace interleave {

struct DownloadComputeCoroutine {
  template <CoroutineLane L>
    requires CoroutineDeadline<L> && CoroutineOffload<L>
  static TaskOf<L, ItemResult> coroutine(L& lane, const Load& load, std::uint32_t item) {
    const ItemInput& input = load.inputs[item];
    const Reply reply = co_await lane.fetch_within(Request{input.argument}, load.timeout);
    const ItemResult fetched = fetch_result(item, reply);
    if (!has_work(input, fetched)) co_return fetched;
    const Work work = work_on(input, fetched);
    const std::uint64_t sum = co_await lane.offload(work);
    co_return worked_on(fetched, sum);
  }
};

}  // namespace interleave
