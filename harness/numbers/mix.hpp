// Integer mixing: the only source of pseudo-randomness for fates, bodies and digests.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace interleave {

// The finaliser of splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
// OOPSLA 2014). A bijection of 64 bits; the Python oracle in tests/ repeats it.
constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// Two words into one; the order of the arguments matters.
constexpr std::uint64_t mix64(std::uint64_t a, std::uint64_t b) noexcept { return mix64(mix64(a) ^ b); }

}  // namespace interleave
