// Selecting.
// SPDX-License-Identifier: Apache-2.0
#include "harness/numbers/quantiles.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace interleave {

std::uint64_t nearest_rank(double q, std::uint64_t n) noexcept {
  const auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(n)));
  return std::clamp<std::uint64_t>(rank, 1, n);
}

Quantiles quantiles_of(std::vector<std::int64_t>& values) {
  if (values.empty()) return {};
  auto from = values.begin();  // what lies before is smaller than every quantile still to come
  const auto next = [&](double q) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(nearest_rank(q, values.size())) - 1;
    if (at >= from) std::nth_element(from, at, values.end());
    from = std::max(from, at);
    return *at;
  };
  Quantiles quantiles;
  quantiles.p50 = next(0.5);
  quantiles.p90 = next(0.9);
  quantiles.p99 = next(0.99);
  quantiles.p999 = next(0.999);
  quantiles.max = *std::max_element(from, values.end());
  return quantiles;
}

void to_json(nlohmann::json& out, const Quantiles& q) {
  out = {{"p50", q.p50}, {"p90", q.p90}, {"p99", q.p99}, {"p999", q.p999}, {"max", q.max}};
}

}  // namespace interleave
