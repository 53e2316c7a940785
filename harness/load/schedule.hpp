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

// Items 0..items-1 are admitted in order as one of `lanes` places gets free, and not before due(item), each keeping it
// for hold(item); either is called once an item. O(items log lanes).
template <class Hold, class Due>
nanoseconds list_schedule(std::uint32_t items, std::uint32_t lanes, Hold hold, Due due) {
  std::priority_queue<nanoseconds, std::vector<nanoseconds>, std::greater<>> free_at;
  nanoseconds makespan{0};
  for (std::uint32_t item = 0; item < items; ++item) {
    nanoseconds start{0};
    if (free_at.size() == lanes) {
      start = free_at.top();
      free_at.pop();
    }
    const nanoseconds end = std::max(start, due(item)) + hold(item);
    free_at.push(end);
    makespan = std::max(makespan, end);
  }
  return makespan;
}
template <class Hold>
nanoseconds list_schedule(std::uint32_t items, std::uint32_t lanes, Hold hold) {
  return list_schedule(items, lanes, hold, [](std::uint32_t) { return nanoseconds(0); });
}

}  // namespace interleave
