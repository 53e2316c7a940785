// retry: fetch every item, and ask again after a pause where the server is busy.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/retry/blocking.hpp"
#include "workloads/retry/callback.hpp"
#include "workloads/retry/coroutine.hpp"
#include "workloads/retry/spec.hpp"

namespace interleave {

struct Retry : RetryBlocking, RetryCallback, RetryCoroutine {
  using Spec = RetrySpec;
};

}  // namespace interleave
