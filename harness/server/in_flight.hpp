// Requests in flight over the time of a run: peak, mean, and how long the plateau was held.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>

namespace interleave {

// Times are CLOCK_MONOTONIC in ns. One that lies before the last change counts as that one's: two shards may report in
// another order than they looked at the clock, and the gauge changes when it is told.
class InFlight {
 public:
  // 95 %, rounded up, or one less than all: of a few lanes one is between two items now and then.
  void ask(std::uint64_t asked) noexcept { high_ = asked < 5 ? asked : asked - std::max<std::uint64_t>(1, asked / 20); }
  void change(int by, std::int64_t now) noexcept;
  void last_arrival() noexcept;  // an item not seen before has come; after change(+1, now)

  std::uint64_t now() const noexcept { return current_; }
  std::uint64_t peak() const noexcept { return peak_; }
  double mean() const noexcept;
  double plateau_share() const noexcept;

 private:
  std::uint64_t current_ = 0, peak_ = 0, high_ = 1;
  std::int64_t first_ns_ = 0, last_ns_ = 0, reached_ns_ = 0, plateau_end_ns_ = 0;
  std::int64_t high_time_ = 0, high_time_at_end_ = 0;
  double integral_ = 0;
};

}  // namespace interleave
