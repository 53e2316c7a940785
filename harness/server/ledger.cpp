// Opening and closing a run.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/ledger.hpp"

#include <utility>

#include "harness/server/listen_overflows.hpp"

namespace interleave {

Ledger::Ledger(unsigned shards) : attendance_(shards > 1) {
  for (unsigned shard = 0; shard < shards; ++shard) tallies_.push_back(std::make_unique<Tally>(attendance_));
}

void Ledger::begin(PreparedRun run) {
  for (const auto& tally : tallies_) tally->begin();
  attendance_.begin(std::move(run.nobody_yet), run.request.expected, run.request.in_flight);
  request_ = std::move(run.request);
  fates_ = std::move(run.fates);
  listen_overflows_ = listen_overflows();
}

std::string Ledger::close() {
  std::string result = json();
  fates_.reset();
  attendance_.end();
  return result;
}

std::uint64_t Ledger::connections_open() const noexcept {
  std::uint64_t open = 0;
  for (const auto& tally : tallies_) open += tally->counts().connections_open;
  return open;
}

}  // namespace interleave
