// download_compute, one item, for lanes that call back.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download_compute/reply_work.hpp"

namespace interleave {

struct DownloadComputeCallback {
  template <CallbackLane L>
    requires CallbackDeadline<L> && CallbackOffload<L>
  static void callback(L& lane, const Load& load, std::uint32_t item, Done<L> done) {
    const ItemInput* const input = &load.inputs[item];
    lane.fetch_within(Request{input->argument}, load.timeout, [item, input, done](const Reply& reply) {
      const ItemResult fetched = fetch_result(item, reply);
      if (!has_work(*input, fetched)) return done(fetched);
      done.lane->offload(work_on(*input, fetched),
                         [fetched, done](std::uint64_t sum) { done(worked_on(fetched, sum)); });
    });
  }
};

}  // namespace interleave
