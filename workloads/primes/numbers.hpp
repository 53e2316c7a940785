// The numbers that are tested, made so that what they come to is known beforehand.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>

#include "harness/numbers/mix.hpp"
#include "workloads/primes/kernel.hpp"

namespace interleave {

struct KnownNumber {
  std::uint64_t number = 0, least_factor = 0;
};

// The largest prime that is not above `most`, which is 2 or more.
inline KnownNumber prime_below(std::uint64_t most) {
  while (!is_prime_by_miller_rabin(most)) --most;
  return {most, most};
}
// The square of a prime: composite, and as much work as a prime of its size.
inline KnownNumber square_below(std::uint64_t most) {
  const std::uint64_t prime = prime_below(whole_root(most)).number;
  return {prime * prime, prime};
}
// A multiple of a number of one digit, whose least factor is found at once.
inline KnownNumber multiple_below(std::uint64_t most, std::uint64_t of) {
  const std::uint64_t number = std::max(of, most - most % of);
  for (const std::uint64_t factor : {2U, 3U, 5U}) {
    if (number % factor == 0) return {number, factor};
  }
  return {number, of};
}

// The twenty of the literature, 16 digits at most, in their order; what each is decides what its smaller likes are.
struct Classic {
  std::uint64_t number;
  enum class Is : std::uint8_t { prime, square, multiple } is;
  std::uint64_t of = 0;  // a multiple of what
};
inline constexpr Classic kClassics[] = {{2, Classic::Is::prime},
                                        {142702110479723, Classic::Is::prime},
                                        {299593572317531, Classic::Is::prime},
                                        {3333333333333301, Classic::Is::prime},
                                        {3333333333333333, Classic::Is::multiple, 3},
                                        {3333335652092209, Classic::Is::square},
                                        {4444444444444423, Classic::Is::prime},
                                        {4444444444444444, Classic::Is::multiple, 2},
                                        {4444444488888889, Classic::Is::square},
                                        {5555553133149889, Classic::Is::square},
                                        {5555555555555503, Classic::Is::prime},
                                        {5555555555555555, Classic::Is::multiple, 5},
                                        {6666666666666666, Classic::Is::multiple, 2},
                                        {6666666666666719, Classic::Is::prime},
                                        {6666667141414921, Classic::Is::square},
                                        {7777777536340681, Classic::Is::square},
                                        {7777777777777753, Classic::Is::prime},
                                        {7777777777777777, Classic::Is::multiple, 7},
                                        {9999999999999917, Classic::Is::prime},
                                        {9999999999999999, Classic::Is::multiple, 3}};

// The item's number, divided by `scale`: the twenty in turns; from the second turn on up to a tenth smaller, by the
// seed.
inline KnownNumber known_number(std::uint64_t seed, std::uint32_t item, std::uint64_t scale) {
  const Classic& like = kClassics[item % std::size(kClassics)];
  std::uint64_t most = std::max<std::uint64_t>(2, like.number / scale);
  if (item >= std::size(kClassics)) most -= mix64(seed, item) % (most / 10 + 1);
  switch (like.is) {
    case Classic::Is::prime: return prime_below(most);
    case Classic::Is::square: return square_below(most);
    case Classic::Is::multiple: return multiple_below(most, like.of);
  }
  return {};
}

}  // namespace interleave
