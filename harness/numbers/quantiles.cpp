// Selecting by bins.
// SPDX-License-Identifier: Apache-2.0
#include "harness/numbers/quantiles.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>

namespace interleave {

std::uint64_t nearest_rank(double q, std::uint64_t n) noexcept {
  const auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(n)));
  return std::clamp<std::uint64_t>(rank, 1, n);
}

namespace {

// A histogram of the leading bits says in which bin each rank lies; only those bins are looked into. Two passes,
// whatever the order.
class Ranked {
 public:
  explicit Ranked(const std::vector<std::int64_t>& values) : values_(values), counts_(kBins + 1) {
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    least_ = static_cast<std::uint64_t>(*least);
    const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(*most) - least_));
    shift_ = std::max(0, bits - kBits);
    for (const std::int64_t value : values) ++counts_[bin_of(value)];
  }

  // The rank-th smallest, 1..n.
  std::int64_t at(std::uint64_t rank) const {
    std::size_t bin = 0;
    for (; counts_[bin] < rank; ++bin) rank -= counts_[bin];
    if (shift_ == 0) return static_cast<std::int64_t>(least_ + bin);
    std::vector<std::int64_t> inside;
    inside.reserve(counts_[bin]);
    for (const std::int64_t value : values_) {
      if (bin_of(value) == bin) inside.push_back(value);
    }
    const auto nth = inside.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
    std::nth_element(inside.begin(), nth, inside.end());
    return *nth;
  }

 private:
  static constexpr int kBits = 15;
  static constexpr std::size_t kBins = std::size_t{1} << kBits;
  std::size_t bin_of(std::int64_t value) const { return (static_cast<std::uint64_t>(value) - least_) >> shift_; }

  const std::vector<std::int64_t>& values_;
  std::vector<std::uint64_t> counts_;
  std::uint64_t least_ = 0;
  int shift_ = 0;
};

}  // namespace

Quantiles quantiles_of(const std::vector<std::int64_t>& values) {
  if (values.empty()) return {};
  const Ranked ranked(values);
  const auto at = [&](double q) { return ranked.at(nearest_rank(q, values.size())); };
  return {.p50 = at(0.5),
          .p90 = at(0.9),
          .p99 = at(0.99),
          .p999 = at(0.999),
          .max = *std::max_element(values.begin(), values.end())};
}

void to_json(nlohmann::json& out, const Quantiles& q) {
  out = {{"p50", q.p50}, {"p90", q.p90}, {"p99", q.p99}, {"p999", q.p999}, {"max", q.max}};
}

}  // namespace interleave
