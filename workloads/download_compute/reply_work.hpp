// The CPU work that follows a reply, and what it makes of the item.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/load/item.hpp"
#include "harness/worker/offload.hpp"
#include "workloads/compute/kernel.hpp"
#include "workloads/download/result.hpp"

namespace interleave {

// Only an OK reply has content to work on; the work depends on that content.
inline bool has_work(const ItemInput& input, const ItemResult& fetched) {
  return fetched.outcome == Outcome::ok && input.work != 0;
}
inline Work work_on(const ItemInput& input, const ItemResult& fetched) {
  return {&sum_of_squares, fetched.digest >> 32, input.work};
}
inline ItemResult worked_on(ItemResult fetched, std::uint64_t sum) {
  fetched.digest = mix64(fetched.digest, sum);
  return fetched;
}

}  // namespace interleave
