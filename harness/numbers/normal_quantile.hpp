// Quantiles of the standard normal distribution at the middles of equal strata.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace interleave {

// The quantile of (2 rank + 1) / (2 n), rank < n; odd in rank about the middle.
double normal_quantile(std::uint64_t rank, std::uint64_t n) noexcept;

}  // namespace interleave
