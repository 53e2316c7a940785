// Whole numbers that something may be, and the sentence for those that are not.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

namespace interleave {

struct Range {
  std::uint64_t least, most;  // both included

  bool has(std::uint64_t value) const { return least <= value && value <= most; }
  std::string wanted() const {
    return "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  }
};

}  // namespace interleave
