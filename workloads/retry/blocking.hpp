// retry, one item, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/retry/attempts.hpp"

namespace interleave {

struct RetryBlocking {
  template <BlockingDeadline L>
  static ItemResult blocking(L& lane, const Load& load, std::uint32_t item) {
    const ItemInput& input = load.inputs[item];
    for (std::uint32_t attempt = 0;; ++attempt) {
      const Reply reply = lane.fetch_within(Request{input.argument, attempt}, load.timeout);
      if (!is_worth_another(input, attempt, reply)) return last_of(item, attempt, reply);
      lane.sleep(pause_behind(input, attempt, reply));
    }
  }
};

}  // namespace interleave
