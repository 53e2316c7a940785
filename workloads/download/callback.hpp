// download, one item, for lanes that call back.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download/result.hpp"

namespace interleave {

struct DownloadCallback {
  template <CallbackDeadline L>
  static void callback(L& lane, const Load& load, std::uint32_t item, Done<L> done) {
    lane.fetch_within(request_of(load.inputs[item]), load.timeout,
                      [item, done](const Reply& reply) { done(fetch_result(item, reply)); });
  }
};

}  // namespace interleave
