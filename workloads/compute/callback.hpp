// compute, one item, for lanes that call back: the loop stands still meanwhile.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/compute/squares.hpp"

namespace interleave {

struct ComputeCallback {
  template <CallbackLane L>
  static void callback(L&, const Load& load, std::uint32_t item, Done<L> done) {
    done(add_up_squares(load, item));
  }
};

}  // namespace interleave
