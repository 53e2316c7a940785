// compute, one item, for lanes that call back: the loop stands still meanwhile.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/compute/spec.hpp"

namespace interleave {

struct ComputeCallback {
  template <CallbackLane L>
  static void callback(L&, const ComputeLoad& load, std::uint32_t item, Done<L> done) {
    done(ComputeSpec::run(load, item));
  }
};

}  // namespace interleave
