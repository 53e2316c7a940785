// sleep_many, one item, for lanes that call back.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/sleep_many/spec.hpp"

namespace interleave {

struct SleepManyCallback {
  template <CallbackLane L>
  static void callback(L& lane, const SleepManyLoad& load, std::uint32_t item, Done<L> done) {
    const std::int64_t now = now_ns();
    const std::int64_t due = SleepManySpec::due_ns(load, item, now);
    lane.sleep(nanoseconds(due - now), [item, due, done] { done(SleepManySpec::result(item, due)); });
  }
};

}  // namespace interleave
