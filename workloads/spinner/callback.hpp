// spinner, one tick or the slow function, for lanes that call back.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/sleep_many/callback.hpp"
#include "workloads/spinner/slow_function.hpp"

namespace interleave {

struct SpinnerCallback {
  template <CallbackOffload L>
  static void callback(L& lane, const Load& load, std::uint32_t item, Done<L> done) {
    const ItemInput& input = load.inputs[item];
    if (!computes(input)) return SleepManyCallback::callback(lane, load, item, done);
    lane.offload(slow_function(input), [item, done](std::uint64_t sum) { done(slow_result(item, sum)); });
  }
};

}  // namespace interleave
