// sleep_many, one item, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/sleep_many/nap.hpp"

namespace interleave {

struct SleepManyBlocking {
  template <BlockingLane L>
  static ItemResult blocking(L& lane, const Load& load, std::uint32_t item) {
    const std::int64_t now = now_ns();
    const std::int64_t due = nap_ends_ns(load, item, now);
    lane.sleep(nanoseconds(due - now));
    return nap_result(item, due);
  }
};

}  // namespace interleave
