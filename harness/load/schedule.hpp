// The greedy list schedule: the makespan no admission in item order can beat.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace interleave {

using std::chrono::nanoseconds;

// Items 0..items-1 are admitted in order as one of `lanes` places gets free, each keeping it for hold(item), which is
// called once an item. O(items log lanes).
template <class Hold>
nanoseconds list_schedule(std::uint32_t items, std::uint32_t lanes, Hold hold) {
  std::priority_queue<nanoseconds, std::vector<nanoseconds>, std::greater<>> free_at;
  nanoseconds makespan{0};
  for (std::uint32_t item = 0; item < items; ++item) {
    nanoseconds start{0};
    if (free_at.size() == lanes) {
      start = free_at.top();
      free_at.pop();
    }
    const nanoseconds end = start + hold(item);
    free_at.push(end);
    makespan = std::max(makespan, end);
  }
  return makespan;
}

}  // namespace interleave
