// download_save, one item, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download_save/fetched.hpp"

namespace interleave {

struct DownloadSaveBlocking {
  template <BlockingLane L>
    requires BlockingDeadline<L> && BlockingOffload<L> && KeepsBodies<L>
  static ItemResult blocking(L& lane, const Load& load, std::uint32_t item) {
    const Reply reply = lane.fetch_within(kept_request(load.inputs[item]), load.timeout);
    const ItemResult fetched = fetch_result(item, reply);
    if (!is_worth_saving(fetched)) return fetched;
    const std::uint64_t bytes = lane.offload(save_work(load, item, lane.kept_body()));
    return saved(fetched, bytes);
  }
};

}  // namespace interleave
