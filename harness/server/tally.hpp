// What one shard counts of a run, at less than 50 ns a request.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <map>

#include "harness/dns/lookups.hpp"
#include "harness/numbers/histogram.hpp"
#include "harness/server/attendance.hpp"
#include "harness/server/exchange.hpp"

namespace interleave {

// Queries for names, by what they came to; each is a request as well.
struct LookupCounts {
  std::array<std::uint64_t, 5> fates{};  // by LookupFate
  std::uint64_t over_tcp = 0;
  std::uint64_t no_queries = 0;  // datagrams that are none, which are nothing else
};

// Counts that add up over the shards.
struct Counts {
  std::uint64_t requests = 0, fingerprint = 0, bytes_sent = 0, early_retries = 0;
  std::array<std::uint64_t, kFaults> faults{};
  std::map<std::uint16_t, std::uint64_t> statuses{};
  std::array<std::uint64_t, 3> endings{};  // by Ending
  std::uint64_t connections_accepted = 0, connections_open = 0, connections_used = 0, connections_shed = 0;
  std::uint64_t most_on_a_connection = 0;                    // the most of any, not the sum
  std::uint64_t rate_limited = 0, load_shed = 0, races = 0;  // replies that were nobody's fate, of any path
  LookupCounts lookups{};
  Histogram<std::uint32_t> lateness{}, loop_lag{}, hang_wait{};

  Counts& operator+=(const Counts& other);
};

// Touched by its shard's thread alone, or by any while no shard runs.
class Tally {
 public:
  explicit Tally(Attendance& attendance) noexcept : attendance_(attendance) {}
  void begin();  // of a run: everything from nothing but the connections that are open
  const Counts& counts() const noexcept { return counts_; }

  // Counts a request whose fate has been dealt, and sets its run. `first` is whether the run has had no request of its
  // connection before. Precondition: a run is open.
  void arrived(Exchange& exchange, bool first) noexcept;
  // Exchanges of a run that was closed meanwhile are not counted any more.
  void ended(const Exchange& exchange, Ending how, std::int64_t now) noexcept;
  // The first byte of a delayed reply was written `lateness` after it was due.
  void answered(const Exchange& exchange, std::int64_t lateness) noexcept {
    if (exchange.run == attendance_.run() && exchange.fate.delay.count() > 0) counts_.lateness.record(lateness);
  }
  void sent(const Exchange& exchange, std::size_t bytes) noexcept {
    if (exchange.run == attendance_.run()) counts_.bytes_sent += bytes;
  }
  // What a counted query came to.
  void looked_up(LookupFate fate, bool over_tcp) noexcept {
    ++counts_.lookups.fates[static_cast<std::size_t>(fate)];
    if (over_tcp) ++counts_.lookups.over_tcp;
  }
  void no_query() noexcept { ++counts_.lookups.no_queries; }
  void rate_limited() noexcept { ++counts_.rate_limited; }
  void load_shed() noexcept { ++counts_.load_shed; }
  void race() noexcept { ++counts_.races; }  // a reply whose connection the server will close while it might be used
  void early_retry() noexcept { ++counts_.early_retries; }
  void loop_lag(std::int64_t lag) noexcept {
    if (attendance_.run() != 0) counts_.loop_lag.record(lag);
  }

  // Connections are counted whether a run is open or not; those accepted start anew with each run.
  void connection_opened() noexcept {
    ++counts_.connections_accepted;
    ++counts_.connections_open;
  }
  void connection_closed(std::uint32_t run, std::uint64_t counted_requests) noexcept;  // in that run, its last
  void connection_shed() noexcept { ++counts_.connections_shed; }

 private:
  Attendance& attendance_;
  Counts counts_;
};

}  // namespace interleave
