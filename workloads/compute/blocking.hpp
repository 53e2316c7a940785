// compute, one item, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/compute/spec.hpp"

namespace interleave {

struct ComputeBlocking {
  template <BlockingLane L>
  static ItemResult blocking(L&, const ComputeLoad& load, std::uint32_t item) {
    return ComputeSpec::run(load, item);
  }
};

}  // namespace interleave
