// Orders of blocks, and their quotients.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/block.hpp"

#include <cmath>

#include "harness/numbers/mix.hpp"

namespace interleave {

std::array<Place, 4> block_order(std::uint64_t seed, std::uint32_t cell, std::uint32_t round) {
  const std::uint64_t lot = mix64(mix64(seed, cell), round / 2);
  const bool base_outside = ((lot & 1U) != 0) == (round % 2 == 0);
  const std::uint64_t own = mix64(mix64(seed ^ 0x6475706c, cell), round);
  const Side outside = base_outside ? Side::base : Side::head, inside = base_outside ? Side::head : Side::base;
  const bool outside_turned = (own & 1U) != 0, inside_turned = (own & 2U) != 0;
  return {Place{outside, outside_turned}, Place{inside, inside_turned}, Place{inside, !inside_turned},
          Place{outside, !outside_turned}};
}

double log_ratio(double a, double b) { return std::isinf(a) && std::isinf(b) ? 0 : std::log(a) - std::log(b); }

void add_block(Rounds& rounds, const std::array<Place, 4>& order, const std::array<double, 4>& costs, bool confirming) {
  double sums[2] = {0, 0};
  double first[2] = {1, 1}, duplicate[2] = {1, 1};
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto side = static_cast<std::size_t>(order[i].side);
    sums[side] += std::log(costs[i]) / 2;
    (order[i].duplicate ? duplicate : first)[side] = costs[i];
  }
  const bool both_lost = std::isinf(sums[0]) && std::isinf(sums[1]);
  (confirming ? rounds.confirming : rounds.head).push_back(both_lost ? 0 : sums[1] - sums[0]);
  if (confirming) return;
  rounds.base_pair.push_back(log_ratio(duplicate[0], first[0]));
  rounds.head_pair.push_back(log_ratio(duplicate[1], first[1]));
}

}  // namespace interleave
