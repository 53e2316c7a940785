// An item's sum of squares, computed.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/load/item.hpp"
#include "harness/load/item_result.hpp"
#include "harness/load/load.hpp"
#include "harness/numbers/mix.hpp"
#include "workloads/compute/kernel.hpp"

namespace interleave {

inline ItemResult add_up_squares(const Load& load, std::uint32_t item) {
  const ItemInput& input = load.inputs[item];
  return {.item = item, .outcome = Outcome::ok, .digest = mix64(item, sum_of_squares(input.argument, input.work))};
}

}  // namespace interleave
