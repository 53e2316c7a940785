// From strace's clock, the time of day, to that of the records, CLOCK_MONOTONIC.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace interleave {

// The time of day, read between two looks at the other clock.
struct ClockReading {
  std::int64_t before_ns = 0, epoch_ns = 0, after_ns = 0;
};

// The narrowest of many: some 0.1 us on an idle machine.
ClockReading read_both_clocks() noexcept;

struct ClockOffset {
  std::int64_t offset_ns = 0;  // the epoch's time less CLOCK_MONOTONIC
  std::int64_t error_ns = 0;   // the most by which it may be wrong, were both readings' moments right

  std::int64_t monotonic(std::int64_t since_epoch_ns) const noexcept { return since_epoch_ns - offset_ns; }
};

// Of what lies between two readings. Where the time of day was stepped or turned in between, the error has it.
ClockOffset offset_between(const ClockReading& begin, const ClockReading& end) noexcept;

}  // namespace interleave
