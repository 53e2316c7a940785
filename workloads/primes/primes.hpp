// primes: every item tests a number.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/primes/blocking.hpp"
#include "workloads/primes/callback.hpp"
#include "workloads/primes/coroutine.hpp"
#include "workloads/primes/spec.hpp"

namespace interleave {

struct Primes : PrimesBlocking, PrimesCallback, PrimesCoroutine {
  using Spec = PrimesSpec;
};

}  // namespace interleave
