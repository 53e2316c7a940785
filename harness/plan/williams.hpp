// Williams squares: orders in which every model has every position, and follows every other model, equally often.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

namespace interleave {

// Rows of model numbers 0..n-1: n rows for an even n, 2n for an odd one (Williams, "Experimental designs balanced for
// the estimation of residual effects of treatments", 1949). In the whole square each model has each position equally
// often, and each ordered pair of neighbours occurs equally often. n >= 1.
std::vector<std::vector<std::uint32_t>> williams_square(std::uint32_t n);

// The order of `rounds` rounds: square after square, each relabelled, and its rows shuffled, at random from the seed.
std::vector<std::vector<std::uint32_t>> williams_rounds(std::uint32_t n, std::uint32_t rounds, std::uint64_t seed);

}  // namespace interleave
