// How late event loops are: a heartbeat every 10 ms on each loop, measured against when it was due.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

#include "harness/load/load.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/numbers/histogram.hpp"
#include "harness/numbers/quantiles.hpp"
#include "harness/worker/shared_pages.hpp"

namespace interleave {

// A histogram that threads and forked processes write at the same time.
class LoopLag {
 public:
  LoopLag();
  void record(std::int64_t lag_ns) noexcept { lags_->record(lag_ns); }
  std::uint64_t count() const noexcept { return lags_->count(); }
  Quantiles quantiles() const;

 private:
  using Lags = Histogram<std::atomic<std::uint32_t>>;
  SharedPages pages_;
  Lags* lags_;
};

// One for each loop. A loop that has one (see operator bool) calls beat() at next_ns() by its own kind of timer, which
// must not keep the loop alive, and once more when the loop is over. Beats that a stalled loop missed count with the
// lag they would have had, so one long stall is not one sample.
class Heartbeat {
 public:
  static constexpr std::chrono::milliseconds kPeriod{10};

  explicit Heartbeat(const Load& load) noexcept : lag_(load.loop_lag), due_ns_(now_ns() + period_ns()) {}
  explicit operator bool() const noexcept { return lag_ != nullptr; }  // whether this load wants the lag measured
  std::int64_t next_ns() const noexcept { return due_ns_; }            // CLOCK_MONOTONIC
  // Starts anew from now: for loops made long before the run.
  void restart() noexcept { due_ns_ = now_ns() + period_ns(); }
  // Early calls do no harm: they record nothing.
  void beat() noexcept;

 private:
  static constexpr std::int64_t period_ns() { return std::chrono::nanoseconds(kPeriod).count(); }
  LoopLag* lag_;
  std::int64_t due_ns_;
};

}  // namespace interleave
