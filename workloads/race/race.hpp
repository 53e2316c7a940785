// race: a group of requests, of which the first one or the first failure decides.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/race/blocking.hpp"
#include "workloads/race/callback.hpp"
#include "workloads/race/coroutine.hpp"
#include "workloads/race/spec.hpp"

namespace interleave {

struct Race : RaceBlocking, RaceCallback, RaceCoroutine {
  using Spec = RaceSpec;
};

}  // namespace interleave
