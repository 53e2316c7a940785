// The ledger: what all shards of the server saw of a run, kept exactly.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/server/attendance.hpp"
#include "harness/server/run.hpp"
#include "harness/server/tally.hpp"

namespace interleave {

// Each shard counts on its own tally; what changes or reads the whole (all that is not const here, and json()) is
// called only while no shard runs: see Shards::exclusively.
class Ledger {
 public:
  explicit Ledger(unsigned shards);

  // Precondition: not open().
  void begin(PreparedRun run);
  std::string close();       // the ledger as JSON
  std::string json() const;  // without closing
  bool open() const noexcept { return fates_.has_value(); }
  const std::string& run_name() const noexcept { return request_.name; }
  const RunFates& fates() const noexcept { return *fates_; }  // precondition: open()
  std::uint32_t run() const noexcept { return attendance_.run(); }

  Tally& tally(unsigned shard) { return *tallies_[shard]; }
  std::uint64_t connections_open() const noexcept;

 private:
  BeginRequest request_;
  std::optional<RunFates> fates_;
  Attendance attendance_;
  std::vector<std::unique_ptr<Tally>> tallies_;  // one a shard
  std::uint64_t listen_overflows_ = 0;
};

}  // namespace interleave
