// How many items make a trial as long as one wants it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>

#include "harness/load/workload.hpp"

namespace interleave {

// As many as take `time` where the load is kept up with, judging by the bound of a few; two a lane at least, 200,000 at
// most where fewer than half of that are in flight.
inline std::uint32_t items_for(Load load, const Workload& workload, nanoseconds time) {
  constexpr std::uint32_t kMostItems = 200'000;
  load.items = std::max(4 * load.in_flight, 100U);
  const double ideal = std::max(1.0, static_cast<double>(workload.ideal(load).count()));
  const double items = load.items * static_cast<double>(time.count()) / ideal;
  return static_cast<std::uint32_t>(
      std::clamp<double>(items, 2.0 * load.in_flight, std::max(kMostItems, 2 * load.in_flight)));
}

}  // namespace interleave
