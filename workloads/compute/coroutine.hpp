// compute, one item, for lanes that are awaited: the loop stands still meanwhile.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/compute/squares.hpp"

namespace interleave {

struct ComputeCoroutine {
  template <CoroutineLane L>
  static TaskOf<L, ItemResult> coroutine(L&, const Load& load, std::uint32_t item) {
    co_return add_up_squares(load, item);
  }
};

}  // namespace interleave
