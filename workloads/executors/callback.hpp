// executors, one item, for lanes that call back.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/executors/delegated.hpp"

namespace interleave {

struct ExecutorsCallback {
  template <CallbackOffload L>
  static void callback(L& lane, const Load& load, std::uint32_t item, Done<L> done) {
    lane.offload(delegated(load.inputs[item]),
                 [item, done](std::uint64_t result) { done(delegated_result(item, result)); });
  }
};

}  // namespace interleave
