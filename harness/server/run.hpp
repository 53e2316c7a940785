// The run that is open: whose fates the items have, and which of them have been asked for.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "harness/http/fate.hpp"

namespace interleave {

// What POST /begin asks for.
struct BeginRequest {
  std::string name;
  std::uint64_t seed = 1;
  std::uint64_t items = 1;
  std::uint64_t in_flight = 1;
  Profile profile;
};

// First attempts are looked up in a table that is made when the run begins; later ones are computed.
class RunFates {
 public:
  RunFates(const Profile& profile, std::uint64_t seed, std::uint64_t items);

  Fate of(std::uint64_t item, std::uint32_t attempt) const noexcept {
    return attempt == 0 && item < table_.size() ? table_[item] : fates_.of(item, attempt);
  }
  std::uint32_t retry_after_s() const noexcept { return fates_.profile().retry_after_s; }
  std::uint64_t items() const noexcept { return fates_.items(); }

 private:
  static constexpr std::uint64_t kMostInTable = 1U << 22;  // 100 MB
  Fates fates_;
  std::vector<Fate> table_;
};

}  // namespace interleave
