// What a body says when its item is over.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "harness/http/outcome.hpp"

namespace interleave {

// The digest is bound to the item, so that content cannot stand in for another item's.
struct ItemResult {
  std::uint32_t item = 0;
  std::uint16_t status = 0;
  Outcome outcome = Outcome::cancelled;
  std::uint64_t digest = 0;
  std::int64_t first_byte_ns = 0;
  std::int64_t server_sent_ns = 0;
};

}  // namespace interleave
