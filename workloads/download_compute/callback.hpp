// download_compute, one item, for lanes that call back.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download_compute/spec.hpp"

namespace interleave {

struct DownloadComputeCallback {
  template <CallbackLane L>
    requires CallbackDeadline<L> && CallbackOffload<L>
  static void callback(L& lane, const DownloadComputeLoad& load, std::uint32_t item, Done<L> done) {
    lane.fetch_within(Request{item}, load.timeout, [item, load = &load, done](const Reply& reply) {
      const ItemResult fetched = DownloadSpec::result(item, reply);
      if (!DownloadComputeSpec::has_work(*load, fetched)) return done(fetched);
      done.lane->offload(DownloadComputeSpec::work(*load, fetched),
                         [fetched, done](std::uint64_t sum) { done(DownloadComputeSpec::result(fetched, sum)); });
    });
  }
};

}  // namespace interleave
