// The kernel, its formula and its calibration.
// SPDX-License-Identifier: Apache-2.0
#include "workloads/compute/kernel.hpp"

#include <algorithm>
#include <atomic>

#include "harness/numbers/clock.hpp"

namespace interleave {
namespace {

// 0*0 + ... + (n-1)*(n-1), mod 2^64.
std::uint64_t squares_below(std::uint64_t n) noexcept {
  if (n == 0) return 0;
  std::uint64_t a = n - 1, b = n, c = 2 * n - 1;
  (a % 2 == 0 ? a : b) /= 2;  // one of two neighbours is even
  (a % 3 == 0 ? a : b % 3 == 0 ? b : c) /= 3;
  return a * b * c;
}

}  // namespace

// Not inlined, and on its own cache lines: the same machine code at the same alignment in every model and in the
// calibration, or the layout of a program would decide who computes faster.
[[gnu::noinline, gnu::aligned(64)]] std::uint64_t sum_of_squares(std::uint64_t first, std::uint64_t count) noexcept {
  std::uint64_t sum = 0;
  for (std::uint64_t i = first; i != first + count; ++i) {
    std::uint64_t opaque = i;
    asm volatile("" : "+r"(opaque));  // else Clang replaces the loop by the formula
    sum += opaque * opaque;
  }
  return sum;
}

std::uint64_t sum_of_squares_by_formula(std::uint64_t first, std::uint64_t count) noexcept {
  return squares_below(first + count) - squares_below(first);
}

std::chrono::duration<double, std::nano> time_of_one_square() {
  constexpr std::uint64_t kSteps = 200'000;
  static std::atomic<std::int64_t> least_ever = INT64_MAX;
  std::int64_t least = least_ever;
  for (int sample = 0; sample < 10; ++sample) {
    const std::int64_t begin = now_ns();
    std::uint64_t sum = sum_of_squares(static_cast<std::uint64_t>(sample), kSteps);
    asm volatile("" : "+r"(sum));
    least = std::min(least, now_ns() - begin);
  }
  least_ever = least;
  return std::chrono::duration<double, std::nano>(static_cast<double>(least) / kSteps);
}

}  // namespace interleave
