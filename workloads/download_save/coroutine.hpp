// download_save, one item, for lanes that are awaited.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download_save/fetched.hpp"

namespace interleave {

struct DownloadSaveCoroutine {
  template <CoroutineLane L>
    requires CoroutineDeadline<L> && CoroutineOffload<L> && KeepsBodies<L>
  static TaskOf<L, ItemResult> coroutine(L& lane, const Load& load, std::uint32_t item) {
    const Request request = kept_request(load.inputs[item]);
    const Reply reply = co_await lane.fetch_within(request, load.timeout);
    const ItemResult fetched = fetch_result(item, reply);
    if (!is_worth_saving(fetched)) co_return fetched;
    const Work work = save_work(load, item, lane.kept_body());
    const std::uint64_t bytes = co_await lane.offload(work);
    co_return saved(fetched, bytes);
  }
};

}  // namespace interleave
