// Orders of blocks, and their quotients.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/block.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

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

namespace {

void add_ratio(std::vector<double>& log_ratios, double log_of_one, double log_of_other) {
  if (!std::isinf(log_of_one) || !std::isinf(log_of_other)) log_ratios.push_back(log_of_one - log_of_other);
}

}  // namespace

void add_block(Rounds& rounds, const std::array<Place, 4>& order, const std::array<double, 4>& costs, bool confirming) {
  std::array<double, 2> lower{}, first{}, duplicate{};  // of the sides' logarithms
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto side = static_cast<std::size_t>(order[i].side);
    (order[i].duplicate ? duplicate : first)[side] = std::log(costs[i]);
  }
  for (std::size_t side = 0; side < 2; ++side) {
    const bool lost =
        std::isinf(first[side]) || std::isinf(duplicate[side]);  // the good moment does not make up for it
    lower[side] = lost ? std::numeric_limits<double>::infinity() : std::min(first[side], duplicate[side]);
  }
  if (!std::isinf(lower[0]) || !std::isinf(lower[1])) {
    (confirming ? rounds.confirming : rounds.head).push_back(lower[1] - lower[0]);
    (confirming ? rounds.fresh_trials : rounds.trials).push_back({first[0], duplicate[0], first[1], duplicate[1]});
  }
  if (confirming) return;
  add_ratio(rounds.base_pair, duplicate[0], first[0]);
  add_ratio(rounds.head_pair, duplicate[1], first[1]);
}

}  // namespace interleave
