// What each item left behind: a preallocated record, written in place, read after the run.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/http/outcome.hpp"
#include "harness/http/reply.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/worker/shared_pages.hpp"

namespace interleave {

// What one item came to. The digest is bound to the item, so the sum over items proves who did what.
struct ItemResult {
  std::uint32_t item = 0;
  std::uint16_t status = 0;
  Outcome outcome = Outcome::cancelled;
  std::uint64_t digest = 0;
  std::int64_t first_byte_ns = 0;
  std::int64_t server_sent_ns = 0;
};

// Times are CLOCK_MONOTONIC nanoseconds; 0 where it did not happen.
struct Record {
  std::int64_t start_ns = 0;
  std::int64_t first_byte_ns = 0;
  std::int64_t end_ns = 0;
  std::uint32_t wake_up_lag_ns = 0;  // first byte seen - server's write, saturating at 4.29 s
  std::uint16_t status = 0;
  Outcome outcome = Outcome::cancelled;
  std::uint8_t finishes = 0;  // 1 for an item done once; anything else voids the trial
};
static_assert(sizeof(Record) == 32);

// One record and one digest an item, in memory that forked workers share. Different items may be written by different
// threads or processes at the same time; one item by one at a time. No lock, no allocation.
class Tape {
 public:
  // Maps and touches the pages, so no fault falls into the run. Throws std::system_error.
  explicit Tape(std::size_t items);

  // The run's common start; visible to all workers.
  void run_starts() noexcept { *started_ns_ = now_ns(); }
  std::int64_t started_ns() const noexcept { return *started_ns_; }

  void start(std::uint32_t item) noexcept { records_[item].start_ns = now_ns(); }
  void finish(const ItemResult& result) noexcept {
    if (result.item >= records_.size()) return;  // an item that is none leaves another one missing
    Record& record = records_[result.item];
    record.end_ns = now_ns();
    record.first_byte_ns = result.first_byte_ns;
    record.wake_up_lag_ns = lag(result);
    record.status = result.status;
    record.outcome = result.outcome;
    if (record.finishes != UINT8_MAX) ++record.finishes;
    digests_[result.item] += result.digest;
  }

  std::span<const Record> records() const noexcept { return records_; }
  std::span<const std::uint64_t> digests() const noexcept { return digests_; }

 private:
  static std::uint32_t lag(const ItemResult& result) noexcept {
    if (result.server_sent_ns == 0 || result.first_byte_ns <= result.server_sent_ns) return 0;
    const std::int64_t ns = result.first_byte_ns - result.server_sent_ns;
    return ns > UINT32_MAX ? UINT32_MAX : static_cast<std::uint32_t>(ns);
  }
  SharedPages pages_;
  std::int64_t* started_ns_;
  std::span<Record> records_;
  std::span<std::uint64_t> digests_;
};

}  // namespace interleave
