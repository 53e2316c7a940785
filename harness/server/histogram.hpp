// A log-linear histogram of nanoseconds: constant cost to record, at most 0.8 % error, no allocation.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace interleave {

// Values below 128 have a bin each; every octave above is cut into 64 bins, and a bin answers with its middle, so a
// quantile is off by at most 1/128 of its value. Values from 2^40 ns (18 minutes) on share the last bin.
class Histogram {
 public:
  void record(std::int64_t value) noexcept {
    ++count_;
    early_ += value < 0 ? 1U : 0U;
    const auto positive = static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
    max_ = std::max(max_, positive);
    ++bins_[bin_of(positive)];
  }

  Histogram& operator+=(const Histogram& other) noexcept {
    for (std::size_t bin = 0; bin < kBins; ++bin) bins_[bin] += other.bins_[bin];
    count_ += other.count_;
    early_ += other.early_;
    max_ = std::max(max_, other.max_);
    return *this;
  }

  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t early() const noexcept { return early_; }  // values below 0
  std::uint64_t max() const noexcept { return max_; }

  // The value that a share `q` in 0..1 of the values does not exceed; 0 if there are none.
  std::uint64_t quantile(double q) const noexcept {
    auto left = static_cast<std::uint64_t>(q * static_cast<double>(count_));
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      if (left < bins_[bin]) return std::min(middle(bin), max_);
      left -= bins_[bin];
    }
    return max_;
  }

 private:
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

  std::array<std::uint32_t, kBins> bins_{};
  std::uint64_t count_ = 0;
  std::uint64_t early_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace interleave
