// The quantiles every table of times shows: the one definition of a quantile.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace interleave {

// By nearest rank: the ceil(q n)-th smallest of n values. Nanoseconds; 0 where there is no value.
struct Quantiles {
  std::int64_t p50 = 0, p90 = 0, p99 = 0, p999 = 0, max = 0;
};

// The rank of a quantile, 1..n; n >= 1, 0 <= q <= 1.
std::uint64_t nearest_rank(double q, std::uint64_t n) noexcept;

// O(n).
Quantiles quantiles_of(const std::vector<std::int64_t>& values);

// {"p50","p90","p99","p999","max"}
void to_json(nlohmann::json& out, const Quantiles& quantiles);

}  // namespace interleave
