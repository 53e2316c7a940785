// Whether this very process stood still: stopped by a signal, or the machine was.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>

namespace interleave {

// For a loop that waits in poll(): a wait that ends much later than asked for means that nobody was there to be woken.
// Whatever has a limit must not count that time, for the limit would judge others by it.
//
//   StallWatch watch;
//   for (;;) {
//     const nanoseconds time = watch.begin_wait(now_ns(), left);  // no longer than kLongestWait, however much is left
//     ::ppoll(fds, n, &time, nullptr);
//     watch.end_wait(now_ns());
//     if (now_ns() - watch.stalled() > limit) ...
class StallWatch {
 public:
  using nanoseconds = std::chrono::nanoseconds;
  static constexpr nanoseconds kLongestWait = std::chrono::milliseconds(100);  // each wait costs a wake-up
  static constexpr nanoseconds kTolerance = std::chrono::milliseconds(500);    // what a busy machine may be late by

  // How long to wait, given how long the caller would.
  nanoseconds begin_wait(std::int64_t now_ns, nanoseconds left) noexcept {
    asked_ = std::clamp(left, nanoseconds(0), kLongestWait);
    began_ = now_ns;
    return asked_;
  }
  void end_wait(std::int64_t now_ns) noexcept {
    const nanoseconds late = nanoseconds(now_ns - began_) - asked_;
    if (late > kTolerance) stalled_ += late;
  }
  // In all, since the watch was made.
  nanoseconds stalled() const noexcept { return stalled_; }

 private:
  std::int64_t began_ = 0;
  nanoseconds asked_{}, stalled_{};
};

}  // namespace interleave
