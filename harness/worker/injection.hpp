// More work in every item, which the gate puts into a program to show that it is found.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "harness/numbers/clock.hpp"
#include "harness/text/leading_number.hpp"

namespace interleave {

// For `interleave gate --inject`; the harness keeps variables of the user's from its workers
// (harness/machine/tuning.cpp).
inline constexpr const char* kBusyVariable = "INTERLEAVE_BUSY_NS";  // nanoseconds of a busy wait
inline constexpr const char* kExtraCallsVariable = "INTERLEAVE_EXTRA_CALLS";
inline constexpr const char* kExtraAllocationsVariable = "INTERLEAVE_EXTRA_ALLOCATIONS";

struct Injected {  // an item
  std::int64_t busy_ns = 0;
  std::int64_t calls = 0, allocations = 0;
  bool any = false;
};

inline Injected injected;  // set before the run, and inherited by forked processes

inline std::int64_t number_in(const char* variable) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? 0 : leading_number<std::int64_t>(text).value;
}

inline void take_injection() {
  injected = {.busy_ns = number_in(kBusyVariable),
              .calls = number_in(kExtraCallsVariable),
              .allocations = number_in(kExtraAllocationsVariable),
              .any = false};
  injected.any = injected.busy_ns > 0 || injected.calls > 0 || injected.allocations > 0;
  if (injected.busy_ns == 0) return;
  constexpr int kReadings = 1000;
  const std::int64_t start = now_ns();
  for (int i = 1; i < kReadings; ++i) now_ns();
  const std::int64_t reading = (now_ns() - start) / kReadings;
  // The wait takes a reading to begin with, and half of one too many in the end.
  injected.busy_ns = std::max<std::int64_t>(1, injected.busy_ns - 3 * reading / 2);
}

// At an item's start, on the thread that takes it up: more work in the program, not in the figures.
inline void work_more_as_injected() noexcept {
  if (!injected.any) [[likely]]
    return;
  for (std::int64_t i = 0; i < injected.calls; ++i) ::syscall(SYS_getppid);
  for (std::int64_t i = 0; i < injected.allocations; ++i) {
    void* volatile taken = std::malloc(64);  // volatile: or the pair is optimised away
    std::free(taken);
  }
  if (injected.busy_ns == 0) return;
  for (const std::int64_t until = now_ns() + injected.busy_ns; now_ns() < until;) {
  }
}

}  // namespace interleave
