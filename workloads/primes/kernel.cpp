// Trial division, Miller-Rabin and the calibration.
// SPDX-License-Identifier: Apache-2.0
#include "workloads/primes/kernel.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>

#include "harness/numbers/clock.hpp"

namespace interleave {
namespace {

__extension__ using Wide = unsigned __int128;

std::uint64_t times(std::uint64_t a, std::uint64_t b, std::uint64_t modulus) {
  return static_cast<std::uint64_t>(Wide{a} * b % modulus);
}

std::uint64_t power(std::uint64_t base, std::uint64_t exponent, std::uint64_t modulus) {
  std::uint64_t result = 1;
  for (; exponent != 0; exponent /= 2) {
    if (exponent % 2 == 1) result = times(result, base, modulus);
    base = times(base, base, modulus);
  }
  return result;
}

// Whether an odd number passes as prime with this base.
bool passes(std::uint64_t number, std::uint64_t base) {
  const int twos = std::countr_zero(number - 1);
  std::uint64_t x = power(base, (number - 1) >> twos, number);
  if (x == 1) return true;
  for (int i = 0; i < twos; ++i) {
    if (x == number - 1) return true;
    x = times(x, x, number);
  }
  return false;
}

}  // namespace

// Not inlined, and on its own cache lines, for the reason that compute/kernel.cpp gives.
[[gnu::noinline, gnu::aligned(64)]] std::uint64_t odd_factor(std::uint64_t number, std::uint64_t last) noexcept {
  for (std::uint64_t divisor = 3; divisor <= last; divisor += 2) {
    if (number % divisor == 0) return divisor;
  }
  return 0;
}

std::uint64_t whole_root(std::uint64_t number) noexcept {
  auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(number)));
  while (root * root > number) --root;
  while ((root + 1) * (root + 1) <= number) ++root;
  return root;
}

bool is_prime_by_miller_rabin(std::uint64_t number) noexcept {
  constexpr std::uint64_t kBases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
  if (number < 2) return false;
  for (const std::uint64_t base : kBases) {
    if (number % base == 0) return number == base;
  }
  return std::all_of(std::begin(kBases), std::end(kBases), [&](std::uint64_t base) { return passes(number, base); });
}

std::chrono::duration<double, std::nano> time_of_one_division() {
  constexpr std::uint64_t kPrime = 9999999999999917, kSteps = 100'000;
  static std::atomic<std::int64_t> least_ever = INT64_MAX;
  std::int64_t least = least_ever;
  for (int sample = 0; sample < 10; ++sample) {
    const std::int64_t begin = now_ns();
    std::uint64_t none = odd_factor(kPrime, 2 * kSteps + 1);
    asm volatile("" : "+r"(none));
    least = std::min(least, now_ns() - begin);
  }
  least_ever = least;
  return std::chrono::duration<double, std::nano>(static_cast<double>(least) / kSteps);
}

}  // namespace interleave
