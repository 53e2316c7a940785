// download_compute, one item, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download_compute/spec.hpp"

namespace interleave {

struct DownloadComputeBlocking {
  template <BlockingLane L>
    requires BlockingDeadline<L> && BlockingOffload<L>
  static ItemResult blocking(L& lane, const DownloadComputeLoad& load, std::uint32_t item) {
    const Reply reply = lane.fetch_within(Request{item}, load.timeout);
    const ItemResult fetched = DownloadSpec::result(item, reply);
    if (!DownloadComputeSpec::has_work(load, fetched)) return fetched;
    const std::uint64_t sum = lane.offload(DownloadComputeSpec::work(load, fetched));
    return DownloadComputeSpec::result(fetched, sum);
  }
};

}  // namespace interleave
