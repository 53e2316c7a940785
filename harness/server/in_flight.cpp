// The gauge and its integral.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/in_flight.hpp"

#include <algorithm>

namespace interleave {

void InFlight::change(int by, std::int64_t now) noexcept {
  if (first_ns_ == 0) first_ns_ = last_ns_ = now;
  now = std::max(now, last_ns_);
  const std::int64_t span = now - last_ns_;
  integral_ += static_cast<double>(current_) * static_cast<double>(span);
  if (current_ >= high_) high_time_ += span;
  last_ns_ = now;
  current_ += static_cast<std::uint64_t>(static_cast<std::int64_t>(by));
  if (current_ > peak_) peak_ = current_;
  if (reached_ns_ == 0 && current_ >= high_) reached_ns_ = now;
}

void InFlight::last_arrival() noexcept {
  plateau_end_ns_ = last_ns_;
  high_time_at_end_ = high_time_;
}

double InFlight::mean() const noexcept {
  const std::int64_t span = last_ns_ - first_ns_;
  return span > 0 ? integral_ / static_cast<double>(span) : static_cast<double>(peak_);
}

double InFlight::plateau_share() const noexcept {
  const std::int64_t span = plateau_end_ns_ - reached_ns_;
  if (reached_ns_ == 0 || span < 0) return 0;
  return span > 0 ? static_cast<double>(high_time_at_end_) / static_cast<double>(span) : 1;
}

}  // namespace interleave
