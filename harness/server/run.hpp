// A run as it is asked for, and the fates of its items.
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
  std::uint64_t items = 1;     // ids that have fates
  std::uint64_t expected = 1;  // of them are to come; the ledger's `missing` counts from it
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
  std::uint64_t seed() const noexcept { return fates_.seed(); }
  std::uint32_t retry_after_s() const noexcept { return fates_.profile().retry_after_s; }

 private:
  static constexpr std::uint64_t kMostInTable = 1U << 22;  // 100 MB
  Fates fates_;
  std::vector<Fate> table_;
};

// A run made ready to begin: everything that takes long or may be refused.
struct PreparedRun {
  explicit PreparedRun(BeginRequest asked);  // throws std::invalid_argument as Fates does
  BeginRequest request;
  RunFates fates;
  std::vector<std::uint32_t> nobody_yet;  // a word of 0 for each item: the attempts that have been asked for
};

}  // namespace interleave
