// compute: every item only computes a sum of squares.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/compute/blocking.hpp"
#include "workloads/compute/callback.hpp"
#include "workloads/compute/coroutine.hpp"
#include "workloads/compute/spec.hpp"

namespace interleave {

struct Compute : ComputeBlocking, ComputeCallback, ComputeCoroutine {
  using Spec = ComputeSpec;
};

}  // namespace interleave
