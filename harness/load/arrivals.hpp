// When items are to start, where that is not up to the lanes: the open loop.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "harness/load/load.hpp"
#include "harness/text/parameters.hpp"

namespace interleave {

using std::chrono::nanoseconds;

inline constexpr std::uint64_t kMostRate = 1'000'000;  // items a second: a microsecond each, which clocks still tell

// For the parameters of workloads whose items may arrive.
inline constexpr Setting kArrivalsSetting{
    "arrivals", "closed",
    "closed: an item starts as soon as a lane is free; constant, poisson: each at a time of its own, `rate` a second, "
    "in_flight being the most"};
inline constexpr Setting kRateSetting{"rate", "", "items a second, 1 to 1000000, of arrivals=constant or poisson"};

// Thrown for a load that nobody can keep up with, whatever the model.
class TooFast : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

// Pure: from the seed and the load's parameters alone.
class Arrivals {
 public:
  // Throws std::invalid_argument in one line: arrivals that are none of the three, a rate without a schedule or the
  // other way round, or out of range.
  explicit Arrivals(const Load& load);

  bool on_schedule() const { return !due_.empty(); }
  // Since the run's start, ascending, above 0 on a schedule; 0: as soon as a lane is free.
  nanoseconds due(std::uint32_t item) const { return nanoseconds(due_.empty() ? 0 : due_[item]); }

  // What the load asks for, without the times.
  static bool asked_by(const Load& load);

 private:
  std::vector<std::int64_t> due_;
};

}  // namespace interleave
