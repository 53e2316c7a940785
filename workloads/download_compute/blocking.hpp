// download_compute, one item, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download_compute/reply_work.hpp"

namespace interleave {

struct DownloadComputeBlocking {
  template <BlockingLane L>
    requires BlockingDeadline<L> && BlockingOffload<L>
  static ItemResult blocking(L& lane, const Load& load, std::uint32_t item) {
    const ItemInput& input = load.inputs[item];
    const Reply reply = lane.fetch_within(Request{input.argument}, load.timeout);
    const ItemResult fetched = fetch_result(item, reply);
    if (!has_work(input, fetched)) return fetched;
    const std::uint64_t sum = lane.offload(work_on(input, fetched));
    return worked_on(fetched, sum);
  }
};

}  // namespace interleave
