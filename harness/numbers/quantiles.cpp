// Selecting by bins.
// SPDX-License-Identifier: Apache-2.0
#include "harness/numbers/quantiles.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>

namespace interleave {

std::uint64_t nearest_rank(double q, std::uint64_t n) noexcept {
  const auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(n)));
  return std::clamp<std::uint64_t>(rank, 1, n);
}

namespace {

// A histogram of the leading bits says in which bin each rank lies; only the values of those bins are looked into.
// Three passes, whatever the order and the number of ranks.
class Ranked {
 public:
  explicit Ranked(const std::vector<std::int64_t>& values) : values_(values), counts_(kBins) {
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    least_ = static_cast<std::uint64_t>(*least);
    most_ = *most;
    const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(*most) - least_));
    shift_ = std::max(0, bits - kBits);
    for (const std::int64_t value : values) ++counts_[bin_of(value)];
  }

  std::int64_t most() const { return most_; }

  // The smallest but rank - 1 of each rank, 1..n, in ascending order.
  template <std::size_t N>
  std::array<std::int64_t, N> at(const std::array<std::uint64_t, N>& ranks) const {
    static_assert(N < kNone);
    std::array<std::size_t, N> bins{};
    std::array<std::uint64_t, N> inside{};  // the rank within its bin
    std::vector<std::uint8_t> wanted(kBins, kNone);
    std::size_t bin = 0;
    std::uint64_t before = 0;
    for (std::size_t i = 0; i < N; ++i) {
      for (; before + counts_[bin] < ranks[i]; ++bin) before += counts_[bin];
      bins[i] = bin;
      inside[i] = ranks[i] - before;
      if (wanted[bin] == kNone) wanted[bin] = static_cast<std::uint8_t>(i);
    }
    std::array<std::vector<std::int64_t>, N> of;
    for (std::size_t i = 0; i < N; ++i) {
      if (wanted[bins[i]] == i) of[i].reserve(counts_[bins[i]]);
    }
    for (const std::int64_t value : values_) {
      if (const std::uint8_t its = wanted[bin_of(value)]; its != kNone) of[its].push_back(value);
    }
    std::array<std::int64_t, N> out{};
    for (std::size_t i = 0; i < N; ++i) {
      std::vector<std::int64_t>& values = of[wanted[bins[i]]];
      const auto nth = values.begin() + static_cast<std::ptrdiff_t>(inside[i]) - 1;
      std::nth_element(values.begin(), nth, values.end());
      out[i] = *nth;
    }
    return out;
  }

 private:
  static constexpr int kBits = 15;
  static constexpr std::size_t kBins = std::size_t{1} << kBits;
  static constexpr std::uint8_t kNone = 0xff;
  std::size_t bin_of(std::int64_t value) const { return (static_cast<std::uint64_t>(value) - least_) >> shift_; }

  const std::vector<std::int64_t>& values_;
  std::vector<std::uint64_t> counts_;
  std::uint64_t least_ = 0;
  std::int64_t most_ = 0;
  int shift_ = 0;
};

constexpr std::size_t kFewValues = 4096;  // that are sorted before the histogram is cleared

Quantiles by_sorting(std::vector<std::int64_t> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double q) { return values[nearest_rank(q, values.size()) - 1]; };
  return {.p50 = at(0.5), .p90 = at(0.9), .p99 = at(0.99), .p999 = at(0.999), .max = values.back()};
}

}  // namespace

Quantiles quantiles_of(const std::vector<std::int64_t>& values) {
  if (values.empty()) return {};
  if (values.size() < kFewValues) return by_sorting(values);
  const Ranked ranked(values);
  const auto rank = [&](double q) { return nearest_rank(q, values.size()); };
  const auto [p50, p90, p99, p999] = ranked.at(std::array{rank(0.5), rank(0.9), rank(0.99), rank(0.999)});
  return {.p50 = p50, .p90 = p90, .p99 = p99, .p999 = p999, .max = ranked.most()};
}

void to_json(nlohmann::json& out, const Quantiles& q) {
  out = {{"p50", q.p50}, {"p90", q.p90}, {"p99", q.p99}, {"p999", q.p999}, {"max", q.max}};
}

}  // namespace interleave
