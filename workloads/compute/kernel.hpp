// The CPU work of compute: a sum of squares that no compiler may shorten.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>

namespace interleave {

// Sum of i*i for i in [first, first + count), mod 2^64; one multiplication and addition a step.
std::uint64_t sum_of_squares(std::uint64_t first, std::uint64_t count) noexcept;

// The same by formula, for the oracle.
std::uint64_t sum_of_squares_by_formula(std::uint64_t first, std::uint64_t count) noexcept;

// Time of one step on this machine: the least that this process has seen in ten short measurements a call, some 1 ms
// each time.
std::chrono::duration<double, std::nano> time_of_one_square();

}  // namespace interleave
