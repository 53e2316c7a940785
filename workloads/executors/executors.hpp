// executors: every item is work for somebody else.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/executors/blocking.hpp"
#include "workloads/executors/callback.hpp"
#include "workloads/executors/coroutine.hpp"
#include "workloads/executors/spec.hpp"

namespace interleave {

struct Executors : ExecutorsBlocking, ExecutorsCallback, ExecutorsCoroutine {
  using Spec = ExecutorsSpec;
};

}  // namespace interleave
