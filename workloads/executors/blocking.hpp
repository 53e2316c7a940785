// executors, one item, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/executors/delegated.hpp"

namespace interleave {

struct ExecutorsBlocking {
  template <BlockingOffload L>
  static ItemResult blocking(L& lane, const Load& load, std::uint32_t item) {
    return delegated_result(item, lane.offload(delegated(load.inputs[item])));
  }
};

}  // namespace interleave
