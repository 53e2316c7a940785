// What the answer to an item's name makes of the item: what spec and bodies share.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "harness/http/outcome.hpp"
#include "harness/numbers/mix.hpp"

namespace interleave {

// The digest binds the address, and how it was come by, to the item.
constexpr std::uint64_t lookup_digest(std::uint32_t item, Outcome outcome, std::uint32_t address,
                                      std::uint32_t attempts, bool over_tcp) {
  const std::uint64_t way = std::uint64_t{attempts} << 1 | (over_tcp ? 1U : 0U);
  return mix64(mix64(item, static_cast<std::uint64_t>(outcome)), way << 32 | address);
}

}  // namespace interleave
