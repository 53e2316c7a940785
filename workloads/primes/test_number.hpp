// An item's number, tested.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/load/item.hpp"
#include "harness/load/item_result.hpp"
#include "harness/load/load.hpp"
#include "harness/numbers/mix.hpp"
#include "workloads/primes/kernel.hpp"

namespace interleave {

// The least factor says whether it is prime, too: then it is the number itself.
inline ItemResult test_number(const Load& load, std::uint32_t item) {
  return {.item = item, .outcome = Outcome::ok, .digest = mix64(item, least_factor(load.inputs[item].work))};
}

}  // namespace interleave
