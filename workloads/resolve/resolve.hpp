// resolve: look every name up, again where the answer is lost, and over TCP where it does not fit.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/resolve/blocking.hpp"
#include "workloads/resolve/callback.hpp"
#include "workloads/resolve/coroutine.hpp"
#include "workloads/resolve/spec.hpp"

namespace interleave {

struct Resolve : ResolveBlocking, ResolveCallback, ResolveCoroutine {
  using Spec = ResolveSpec;
};

}  // namespace interleave
