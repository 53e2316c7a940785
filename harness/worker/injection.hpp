// A slow-down of every item that the gate puts into a program, to show that it is found.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "harness/numbers/clock.hpp"

namespace interleave {

// Nanoseconds that each item waits busily, for `interleave gate --inject`; the harness keeps a variable of the user's
// from its workers (harness/machine/tuning.cpp).
inline constexpr const char* kInjectionVariable = "INTERLEAVE_BUSY_NS";

inline std::int64_t injected_busy_ns = 0;  // set before the run, and inherited by forked processes

inline void take_injection() {
  const char* const text = std::getenv(kInjectionVariable);
  if (text == nullptr || std::strtoll(text, nullptr, 10) == 0) return;
  constexpr int kReadings = 1000;
  const std::int64_t start = now_ns();
  for (int i = 1; i < kReadings; ++i) now_ns();
  const std::int64_t reading = (now_ns() - start) / kReadings;
  // The wait takes a reading to begin with, and half of one too many in the end.
  injected_busy_ns = std::max<std::int64_t>(1, std::strtoll(text, nullptr, 10) - 3 * reading / 2);
}

// At an item's start, on the thread that takes it up: more work in the program, not in the figures.
inline void wait_busily_as_injected() noexcept {
  if (injected_busy_ns == 0) [[likely]]
    return;
  for (const std::int64_t until = now_ns() + injected_busy_ns; now_ns() < until;) {
  }
}

}  // namespace interleave
