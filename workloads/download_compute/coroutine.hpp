// download_compute, one item, for lanes that are awaited.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download_compute/spec.hpp"

namespace interleave {

struct DownloadComputeCoroutine {
  template <CoroutineLane L>
    requires CoroutineDeadline<L> && CoroutineOffload<L>
  static TaskOf<L, ItemResult> coroutine(L& lane, const DownloadComputeLoad& load, std::uint32_t item) {
    const Reply reply = co_await lane.fetch_within(Request{item}, load.timeout);
    const ItemResult fetched = DownloadSpec::result(item, reply);
    if (!DownloadComputeSpec::has_work(load, fetched)) co_return fetched;
    const Work work = DownloadComputeSpec::work(load, fetched);
    const std::uint64_t sum = co_await lane.offload(work);
    co_return DownloadComputeSpec::result(fetched, sum);
  }
};

}  // namespace interleave
