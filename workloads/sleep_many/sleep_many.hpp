// sleep_many: every item only waits.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/sleep_many/blocking.hpp"
#include "workloads/sleep_many/callback.hpp"
#include "workloads/sleep_many/coroutine.hpp"
#include "workloads/sleep_many/spec.hpp"

namespace interleave {

struct SleepMany : SleepManyBlocking, SleepManyCallback, SleepManyCoroutine {
  using Spec = SleepManySpec;
};

}  // namespace interleave
