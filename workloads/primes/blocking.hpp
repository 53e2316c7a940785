// primes, one item, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/primes/test_number.hpp"

namespace interleave {

struct PrimesBlocking {
  template <BlockingLane L>
  static ItemResult blocking(L&, const Load& load, std::uint32_t item) {
    return test_number(load, item);
  }
};

}  // namespace interleave
