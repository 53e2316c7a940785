// primes, one item, for lanes that call back: the loop stands still meanwhile.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/primes/test_number.hpp"

namespace interleave {

struct PrimesCallback {
  template <CallbackLane L>
  static void callback(L&, const Load& load, std::uint32_t item, Done<L> done) {
    done(test_number(load, item));
  }
};

}  // namespace interleave
