// The beat, and what the histogram of it tells.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/loop_lag.hpp"

#include <new>

namespace interleave {

LoopLag::LoopLag() : pages_(sizeof(Lags), "histogram of loop lag"), lags_(new(pages_.data()) Lags) {}

Quantiles LoopLag::quantiles() const {
  const auto at = [this](double q) { return static_cast<std::int64_t>(lags_->quantile(q)); };
  return {.p50 = at(0.5),
          .p90 = at(0.9),
          .p99 = at(0.99),
          .p999 = at(0.999),
          .max = static_cast<std::int64_t>(lags_->max())};
}

void Heartbeat::beat() noexcept {
  if (lag_ == nullptr) return;
  for (const std::int64_t now = now_ns(); due_ns_ <= now; due_ns_ += period_ns()) lag_->record(now - due_ns_);
}

}  // namespace interleave
