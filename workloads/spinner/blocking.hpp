// spinner, one tick or the slow function, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/sleep_many/blocking.hpp"
#include "workloads/spinner/slow_function.hpp"

namespace interleave {

struct SpinnerBlocking {
  template <BlockingOffload L>
  static ItemResult blocking(L& lane, const Load& load, std::uint32_t item) {
    const ItemInput& input = load.inputs[item];
    if (!computes(input)) return SleepManyBlocking::blocking(lane, load, item);
    return slow_result(item, lane.offload(slow_function(input)));
  }
};

}  // namespace interleave
