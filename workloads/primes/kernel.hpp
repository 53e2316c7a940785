// The CPU work of primes: trial division; and another way to the same answer, for the oracle.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>

namespace interleave {

// The least of 3, 5, 7, ... `last` that divides the number; 0 if none does. One division a step.
std::uint64_t odd_factor(std::uint64_t number, std::uint64_t last) noexcept;

// The greatest whole number whose square is not above this one, for numbers below 2^63.
std::uint64_t whole_root(std::uint64_t number) noexcept;

// The least factor above 1 of a number from 2 on, by trial division up to its root: a prime's is itself.
inline std::uint64_t least_factor(std::uint64_t number) noexcept {
  if (number % 2 == 0) return 2;
  const std::uint64_t factor = odd_factor(number, whole_root(number));
  return factor == 0 ? number : factor;
}

// Miller-Rabin with the bases that decide all numbers of 64 bits: some microseconds whatever the size.
bool is_prime_by_miller_rabin(std::uint64_t number) noexcept;

// Time of one step of trial division on this machine: the least that this process has seen in ten short measurements a
// call, some milliseconds each time.
std::chrono::duration<double, std::nano> time_of_one_division();

}  // namespace interleave
