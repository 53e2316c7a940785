// What only all shards together can tell of a run: which items have come, how many requests are in flight, when it was
// over. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "harness/server/in_flight.hpp"

namespace interleave {

// Time and CPU of the process at one moment, ns.
struct Cost {
  std::int64_t wall_ns = 0, total_ns = 0, user_ns = 0, system_ns = 0;
  static Cost now() noexcept;
};

// arrived() and left() may be called by any shard at any time: with several, each takes a lock, so that the peak is a
// number of requests that were in flight together. With one shard there is no lock. Everything else only while no shard
// runs.
class Attendance {
 public:
  explicit Attendance(bool several_shards) noexcept : shared_(several_shards) {}

  // The run is complete once `expected` different items have come.
  void begin(std::vector<std::uint32_t> nobody_yet, std::uint64_t expected, std::uint64_t in_flight);
  void end() noexcept { run_ = 0; }
  std::uint32_t run() const noexcept { return run_; }  // number of the open run; 0: none

  void arrived(std::uint64_t item, std::uint32_t attempt, std::int64_t now) noexcept;
  void left(std::int64_t now) noexcept;

  std::uint64_t unique() const noexcept { return unique_; }
  std::uint64_t duplicates() const noexcept { return duplicates_; }
  std::uint64_t unexpected() const noexcept { return unexpected_; }
  std::uint64_t retries() const noexcept { return retries_; }
  const InFlight& in_flight() const noexcept { return in_flight_; }
  // At the first request; nothing before it.
  std::optional<Cost> first() const noexcept { return begun_ ? std::optional(first_) : std::nullopt; }
  Cost last() const noexcept;  // at the last reply once all expected items have come; now where they have not

 private:
  bool all_here() const noexcept { return unique_ >= expected_ && in_flight_.now() == 0; }
  std::unique_lock<std::mutex> held() noexcept {
    return shared_ ? std::unique_lock(mutex_) : std::unique_lock<std::mutex>();
  }
  const bool shared_;
  std::mutex mutex_;
  std::uint32_t run_ = 0, runs_ = 0;
  bool begun_ = false;
  std::vector<std::uint32_t> seen_;  // bit a: attempt a of the item has been asked for
  std::uint64_t expected_ = 0;
  std::uint64_t unique_ = 0, duplicates_ = 0, unexpected_ = 0, retries_ = 0;
  InFlight in_flight_;
  Cost first_, last_;
};

}  // namespace interleave
