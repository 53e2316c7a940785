// The table of fates.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/run.hpp"

#include <algorithm>
#include <utility>

namespace interleave {

RunFates::RunFates(const Profile& profile, std::uint64_t seed, std::uint64_t items) : fates_(profile, seed, items) {
  table_.reserve(std::min(items, kMostInTable));
  for (std::uint64_t item = 0; item < table_.capacity() && item < items; ++item) table_.push_back(fates_.of(item));
}

PreparedRun::PreparedRun(BeginRequest asked)
    : request(std::move(asked)), fates(request.profile, request.seed, request.items), nobody_yet(request.items) {}

}  // namespace interleave
