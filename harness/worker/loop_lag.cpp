// The histogram and the beat.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/loop_lag.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <new>

namespace interleave {
namespace {

constexpr unsigned kSubBits = 5;  // 32 buckets an octave
constexpr std::size_t kBuckets = (64 - kSubBits) << kSubBits;

std::size_t bucket_of(std::uint64_t value) {
  if (value < (1U << kSubBits)) return value;
  const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kSubBits - 1;
  return (std::size_t{shift} << kSubBits) + (value >> shift);
}

// The largest value that falls into the bucket.
std::uint64_t upper_end(std::size_t bucket) {
  if (bucket < (1U << kSubBits)) return bucket;
  const std::size_t shift = (bucket >> kSubBits) - 1;
  return ((std::uint64_t{(bucket & 31) + 33}) << shift) - 1;
}

}  // namespace

struct LoopLag::Counts {
  std::atomic<std::uint64_t> bucket[kBuckets + 1] = {};
  std::atomic<std::uint64_t> count{0};
  std::atomic<std::int64_t> most{0};
};

LoopLag::LoopLag() : pages_(sizeof(Counts), "histogram of loop lag"), counts_(new(pages_.data()) Counts) {}

void LoopLag::record(std::int64_t lag_ns) noexcept {
  const std::int64_t lag = std::max<std::int64_t>(lag_ns, 0);
  counts_->bucket[std::min(bucket_of(static_cast<std::uint64_t>(lag)), kBuckets)].fetch_add(1,
                                                                                            std::memory_order_relaxed);
  counts_->count.fetch_add(1, std::memory_order_relaxed);
  std::int64_t most = counts_->most.load(std::memory_order_relaxed);
  while (lag > most && !counts_->most.compare_exchange_weak(most, lag, std::memory_order_relaxed)) {
  }
}

std::uint64_t LoopLag::count() const noexcept { return counts_->count.load(std::memory_order_relaxed); }

Quantiles LoopLag::quantiles() const {
  const std::int64_t most = counts_->most.load(std::memory_order_relaxed);
  const auto at = [&](double q) -> std::int64_t {
    const auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count())));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket <= kBuckets; ++bucket) {
      seen += counts_->bucket[bucket].load(std::memory_order_relaxed);
      if (seen >= rank && seen != 0) return std::min(static_cast<std::int64_t>(upper_end(bucket)), most);
    }
    return 0;
  };
  return {at(0.5), at(0.9), at(0.99), at(0.999), most};
}

void Heartbeat::beat() noexcept {
  if (lag_ == nullptr) return;
  for (const std::int64_t now = now_ns(); due_ns_ <= now; due_ns_ += period_ns()) lag_->record(now - due_ns_);
}

}  // namespace interleave
