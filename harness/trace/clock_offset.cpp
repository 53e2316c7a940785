// Reading two clocks side by side.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trace/clock_offset.hpp"

#include <algorithm>
#include <ctime>

#include "harness/numbers/clock.hpp"

namespace interleave {
namespace {

constexpr int kReadings = 64;

std::int64_t epoch_ns() noexcept {
  timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

std::int64_t width(const ClockReading& reading) noexcept { return reading.after_ns - reading.before_ns; }

std::int64_t offset_of(const ClockReading& reading) noexcept {
  return reading.epoch_ns - (reading.before_ns + width(reading) / 2);
}

}  // namespace

ClockReading read_both_clocks() noexcept {
  ClockReading best;
  for (int i = 0; i < kReadings; ++i) {
    ClockReading reading;
    reading.before_ns = now_ns();
    reading.epoch_ns = epoch_ns();
    reading.after_ns = now_ns();
    if (i == 0 || width(reading) < width(best)) best = reading;
  }
  return best;
}

ClockOffset offset_between(const ClockReading& begin, const ClockReading& end) noexcept {
  const std::int64_t first = offset_of(begin), last = offset_of(end);
  const std::int64_t apart = std::max(first, last) - std::min(first, last);
  return {.offset_ns = first + (last - first) / 2,
          .error_ns = (std::max(width(begin), width(end)) + 1) / 2 + (apart + 1) / 2};
}

}  // namespace interleave
