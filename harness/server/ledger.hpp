// The ledger: what the server saw of a run, kept exactly and at less than 50 ns a request.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/server/exchange.hpp"
#include "harness/server/histogram.hpp"
#include "harness/server/run.hpp"

namespace interleave {

// Time and requests in flight: peak, mean, and how long the plateau was held.
class InFlight {
 public:
  void ask(std::uint64_t asked) noexcept { high_ = asked - asked / 20; }  // 95 %, rounded up
  void change(int by, std::int64_t now) noexcept;
  void last_arrival(std::int64_t now) noexcept;  // an item not seen before has come; after change(+1, now)

  std::uint64_t now() const noexcept { return current_; }
  std::uint64_t peak() const noexcept { return peak_; }
  double mean() const noexcept;
  double plateau_share() const noexcept;

 private:
  std::uint64_t current_ = 0, peak_ = 0, high_ = 1;
  std::int64_t first_ns_ = 0, last_ns_ = 0, reached_ns_ = 0, plateau_end_ns_ = 0;
  std::int64_t high_time_ = 0, high_time_at_end_ = 0;
  double integral_ = 0;
};

class Ledger {
 public:
  // A run is open from begin() to close(). Exchanges of a run that was closed meanwhile are not counted any more.
  void begin(BeginRequest request);
  std::string close();               // the ledger as JSON
  std::string json() const;          // without closing
  bool open() const noexcept { return fates_.has_value(); }
  const std::string& run_name() const noexcept { return request_.name; }
  std::uint64_t items() const noexcept { return request_.items; }
  std::uint64_t in_flight() const noexcept { return in_flight_.now(); }

  const RunFates& fates() const noexcept { return *fates_; }  // precondition: open()

  // Counts a request whose fate has been dealt, and sets its run. `first` is whether the connection has had no counted
  // request before. Precondition: open().
  void arrived(Exchange& exchange, bool first) noexcept;
  void ended(const Exchange& exchange, Ending how, std::int64_t now) noexcept;
  // The first byte of a delayed reply was written `lateness` after it was due.
  void answered(const Exchange& exchange, std::int64_t lateness) noexcept {
    if (exchange.run == number_ && exchange.fate.delay.count() > 0) lateness_.record(lateness);
  }
  void sent(const Exchange& exchange, std::size_t bytes) noexcept {
    if (exchange.run == number_) bytes_sent_ += bytes;
  }
  void early_retry() noexcept { ++early_retries_; }
  void loop_lag(std::int64_t lag) noexcept { loop_lag_.record(lag); }

  // Connections are counted whether a run is open or not; `accepted` starts anew with each run.
  void connection_opened() noexcept { ++connections_accepted_, ++connections_open_; }
  void connection_closed(std::uint64_t counted_requests) noexcept;
  void connection_shed() noexcept { ++connections_shed_; }
  std::uint64_t connections_open() const noexcept { return connections_open_; }

 private:
  struct Cost {
    std::int64_t wall_ns = 0, total_ns = 0, user_ns = 0, system_ns = 0;
    static Cost now() noexcept;
  };
  BeginRequest request_;
  std::optional<RunFates> fates_;
  std::uint32_t number_ = 0;         // of the open run; 0 is none
  std::uint32_t runs_ = 0;
  std::vector<std::uint32_t> seen_;  // bit a: attempt a of the item has been asked for
  InFlight in_flight_;
  std::uint64_t requests_ = 0, unique_ = 0, duplicates_ = 0, unexpected_ = 0, retries_ = 0;
  std::array<std::uint64_t, kFaults> faults_{};
  std::map<std::uint16_t, std::uint64_t> statuses_;
  std::array<std::uint64_t, 3> endings_{};
  std::uint64_t bytes_sent_ = 0, early_retries_ = 0, fingerprint_ = 0;
  std::uint64_t connections_accepted_ = 0, connections_open_ = 0, connections_used_ = 0, connections_shed_ = 0;
  std::uint64_t most_on_a_connection_ = 0;
  std::uint64_t listen_overflows_ = 0;
  Histogram lateness_, loop_lag_, hang_wait_;
  Cost first_, last_;
};

}  // namespace interleave
