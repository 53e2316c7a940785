// spinner: ticks that must not be late, and a slow function beside them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/spinner/blocking.hpp"
#include "workloads/spinner/callback.hpp"
#include "workloads/spinner/coroutine.hpp"
#include "workloads/spinner/spec.hpp"

namespace interleave {

struct Spinner : SpinnerBlocking, SpinnerCallback, SpinnerCoroutine {
  using Spec = SpinnerSpec;
};

}  // namespace interleave
