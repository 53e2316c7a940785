// The table of fates.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/run.hpp"

#include <algorithm>

namespace interleave {

RunFates::RunFates(const Profile& profile, std::uint64_t seed, std::uint64_t items) : fates_(profile, seed, items) {
  table_.reserve(std::min(items, kMostInTable));
  for (std::uint64_t item = 0; item < table_.capacity() && item < items; ++item) table_.push_back(fates_.of(item));
}

}  // namespace interleave
