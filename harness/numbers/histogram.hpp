// A log-linear histogram of nanoseconds: constant cost to record, at most 0.8 % error, no allocation.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "harness/numbers/quantiles.hpp"

namespace interleave {

// Values below 128 have a bin each; every octave above is cut into 64 bins, and a bin answers with its middle, so a
// quantile is off by at most 1/128 of its value. Values from 2^40 ns (18 minutes) on share the last bin; the maximum is
// exact. Counter is std::uint32_t where one thread records, or std::atomic<std::uint32_t> where several do at the same
// time: in shared memory, several processes, for it has no pointers.
template <class Counter>
class Histogram {
 public:
  void record(std::int64_t value) noexcept {
    const auto positive = static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
    if (value < 0) add(early_, 1);
    raise(max_, positive);
    add(bins_[bin_of(positive)], 1);
  }

  Histogram& operator+=(const Histogram& other) noexcept {
    for (std::size_t bin = 0; bin < kBins; ++bin) add(bins_[bin], read(other.bins_[bin]));
    add(early_, read(other.early_));
    raise(max_, read(other.max_));
    return *this;
  }

  // Sums the bins. What is recorded meanwhile counts or does not.
  std::uint64_t count() const noexcept {
    std::uint64_t sum = 0;
    for (const Counter& bin : bins_) sum += read(bin);
    return sum;
  }
  std::uint64_t early() const noexcept { return read(early_); }  // values below 0
  std::uint64_t max() const noexcept { return read(max_); }

  // Of each bin that has values its middle, which the maximum bounds, and how many; the smallest first.
  template <class Do>
  void for_each_bin(Do what) const {
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      if (const std::uint64_t here = read(bins_[bin]); here > 0) what(std::min(middle(bin), max()), here);
    }
  }

  // By nearest rank, as quantiles_of() has it; 0 if there are no values.
  std::uint64_t quantile(double q) const noexcept {
    const std::uint64_t n = count();
    if (n == 0) return 0;
    std::uint64_t left = nearest_rank(q, n);
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const std::uint64_t here = read(bins_[bin]);
      if (left <= here) return std::min(middle(bin), max());
      left -= here;
    }
    return max();
  }

 private:
  static constexpr bool kShared = !std::is_integral_v<Counter>;
  using Value = std::conditional_t<kShared, std::atomic<std::uint64_t>, std::uint64_t>;
  static constexpr unsigned kBits = 6;  // bins of an octave: 2^kBits
  static constexpr unsigned kOctaves = 40;
  static constexpr std::size_t kBins = (kOctaves - kBits + 1) << kBits;

  static std::size_t bin_of(std::uint64_t value) noexcept {
    if (value < (2U << kBits)) return value;
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kBits - 1;
    return std::min(kBins - 1, (std::size_t{shift} << kBits) + (value >> shift));
  }
  static std::uint64_t middle(std::size_t bin) noexcept {
    if (bin < (2U << kBits)) return bin;
    const std::size_t shift = (bin >> kBits) - 1;
    return (((bin & ((1U << kBits) - 1)) | (1U << kBits)) << shift) + (std::uint64_t{1} << shift) / 2;
  }

  // Nothing is published through these, so relaxed order will do.
  static std::uint64_t read(const auto& counter) noexcept {
    if constexpr (kShared) return counter.load(std::memory_order_relaxed);
    else return counter;
  }
  static void add(auto& counter, std::uint64_t more) noexcept {
    if constexpr (kShared) counter.fetch_add(static_cast<std::uint32_t>(more), std::memory_order_relaxed);
    else counter += static_cast<std::uint32_t>(more);
  }
  static void raise(Value& most, std::uint64_t value) noexcept {
    if constexpr (kShared) {
      std::uint64_t seen = most.load(std::memory_order_relaxed);
      while (value > seen && !most.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
      }
    } else {
      most = std::max(most, value);
    }
  }

  std::array<Counter, kBins> bins_{};
  Counter early_{0};
  Value max_{0};
};

}  // namespace interleave
