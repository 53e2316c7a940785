// One round of a cell: two trials of each arm, in an order that is balanced and drawn by lot.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>

#include "harness/gate/decision.hpp"

namespace interleave {

enum class Side : std::uint8_t { base, head };

// A place in a block: whose trial it is, and whether it is the side's first entry (A, B) or its duplicate (A', B').
struct Place {
  Side side = Side::base;
  bool duplicate = false;
};

// ABBA or BAAB, so that what changes steadily within a block weighs on both alike; the lot decides which in every other
// round, and the round after it has the other one. Which of a side's two is the duplicate is a lot of its own.
std::array<Place, 4> block_order(std::uint64_t seed, std::uint32_t cell, std::uint32_t round);

// Costs of a block's trials, in the order of their places: above 0; infinite where the load was not kept up. Puts the
// log-ratios and the trials at the end of `rounds`; what both have lost tells nothing and is left out.
void add_block(Rounds& rounds, const std::array<Place, 4>& order, const std::array<double, 4>& costs, bool confirming);

}  // namespace interleave
