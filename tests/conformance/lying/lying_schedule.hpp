// Records as the best schedule of sleepers would have them, for who has not slept.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <vector>

#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {

// Each item for as long as it waits, one after the other in the lane that is free first, from `begin_ns` on. Returns
// when the last is over.
inline std::int64_t write_best_schedule(const Load& load, std::int64_t begin_ns) {
  auto* const records = const_cast<Record*>(load.tape->records().data());
  std::vector<std::int64_t> free_at(load.in_flight, begin_ns);
  for (std::uint32_t item = 0; item < load.items; ++item) {
    const auto lane = std::min_element(free_at.begin(), free_at.end());
    records[item].start_ns = *lane;
    records[item].end_ns = *lane += load.inputs[item].wait_ns;
    records[item].digest = nap_digest(item, Outcome::ok);
    records[item].finishes = 1;
  }
  return *std::max_element(free_at.begin(), free_at.end());
}

}  // namespace interleave
