// What spec and bodies share: a board's input taken apart, and how a position follows from the one before.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/load/item.hpp"
#include "harness/numbers/mix.hpp"

namespace interleave {

// ItemInput::argument: a number that the board begins with, and in the lowest bits how many pairs of moves follow.
inline constexpr std::uint32_t kPairsBits = 12;
constexpr std::uint16_t pairs_of(const ItemInput& input) { return input.argument & ((1U << kPairsBits) - 1); }

// A move's sum begins with half of the position before it, so that no move can be made before the last, or left out.
constexpr std::uint64_t first_position(std::uint32_t item, const ItemInput& input) {
  return mix64(item, input.argument);
}
constexpr std::uint64_t next_position(std::uint64_t position, std::uint64_t sum) { return mix64(position, sum); }

}  // namespace interleave
