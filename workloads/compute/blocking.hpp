// compute, one item, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/compute/squares.hpp"

namespace interleave {

struct ComputeBlocking {
  template <BlockingLane L>
  static ItemResult blocking(L&, const Load& load, std::uint32_t item) {
    return add_up_squares(load, item);
  }
};

}  // namespace interleave
