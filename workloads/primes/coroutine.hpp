// primes, one item, for lanes that are awaited: the loop stands still meanwhile.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/primes/test_number.hpp"

namespace interleave {

struct PrimesCoroutine {
  template <CoroutineLane L>
  static TaskOf<L, ItemResult> coroutine(L&, const Load& load, std::uint32_t item) {
    co_return test_number(load, item);
  }
};

}  // namespace interleave
