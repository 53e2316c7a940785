// The one item that is no tick, where it computes.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/load/item.hpp"
#include "harness/load/item_result.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/worker/offload.hpp"
#include "workloads/compute/kernel.hpp"

namespace interleave {

// All others wait, be they ticks or a slow function that does nothing else.
inline bool computes(const ItemInput& input) { return input.work != 0; }
inline Work slow_function(const ItemInput& input) { return {&sum_of_squares, input.argument, input.work}; }
inline ItemResult slow_result(std::uint32_t item, std::uint64_t sum) {
  return {.item = item, .outcome = Outcome::ok, .digest = mix64(item, sum)};
}

}  // namespace interleave
