// download_save, one item, for lanes that call back.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download_save/fetched.hpp"

namespace interleave {

struct DownloadSaveCallback {
  template <CallbackLane L>
    requires CallbackDeadline<L> && CallbackOffload<L> && KeepsBodies<L>
  static void callback(L& lane, const Load& load, std::uint32_t item, Done<L> done) {
    lane.fetch_within(kept_request(load.inputs[item]), load.timeout, [item, done](const Reply& reply) {
      const ItemResult fetched = fetch_result(item, reply);
      if (!is_worth_saving(fetched)) return done(fetched);
      done.lane->offload(save_work(*done.load, item, done.lane->kept_body()),
                         [fetched, done](std::uint64_t bytes) { done(saved(fetched, bytes)); });
    });
  }
};

}  // namespace interleave
