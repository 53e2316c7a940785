// sleep_many, one item, for lanes that call back.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/sleep_many/nap.hpp"

namespace interleave {

struct SleepManyCallback {
  template <CallbackLane L>
  static void callback(L& lane, const Load& load, std::uint32_t item, Done<L> done) {
    const std::int64_t now = now_ns();
    const std::int64_t due = nap_ends_ns(load, item, now);
    lane.sleep(nanoseconds(due - now), [item, due, done] { done(nap_result(item, due)); });
  }
};

}  // namespace interleave
