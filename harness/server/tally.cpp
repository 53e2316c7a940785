// Counting.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/tally.hpp"

#include <algorithm>

namespace interleave {

Counts& Counts::operator+=(const Counts& other) {
  requests += other.requests;
  fingerprint += other.fingerprint;
  bytes_sent += other.bytes_sent;
  early_retries += other.early_retries;
  for (std::size_t fault = 0; fault < kFaults; ++fault) faults[fault] += other.faults[fault];
  for (const auto& [status, count] : other.statuses) statuses[status] += count;
  for (std::size_t ending = 0; ending < endings.size(); ++ending) endings[ending] += other.endings[ending];
  connections_accepted += other.connections_accepted;
  connections_open += other.connections_open;
  connections_used += other.connections_used;
  connections_shed += other.connections_shed;
  most_on_a_connection = std::max(most_on_a_connection, other.most_on_a_connection);
  rate_limited += other.rate_limited;
  load_shed += other.load_shed;
  races += other.races;
  for (std::size_t fate = 0; fate < lookups.fates.size(); ++fate) lookups.fates[fate] += other.lookups.fates[fate];
  lookups.over_tcp += other.lookups.over_tcp;
  lookups.no_queries += other.lookups.no_queries;
  lateness += other.lateness;
  loop_lag += other.loop_lag;
  hang_wait += other.hang_wait;
  return *this;
}

void Tally::begin() {
  const std::uint64_t still_open = counts_.connections_open;
  counts_ = Counts{};
  counts_.connections_open = still_open;
}

void Tally::arrived(Exchange& exchange, bool first) noexcept {
  ++counts_.requests;
  exchange.run = attendance_.run();
  counts_.fingerprint += fingerprint_of(exchange.item, exchange.attempt, exchange.fate);
  if (first) ++counts_.connections_used;
  ++counts_.faults[static_cast<std::size_t>(exchange.fate.fault)];
  if (exchange.fate.fault == Fault::status) ++counts_.statuses[exchange.fate.status];
  attendance_.arrived(exchange.item, exchange.attempt, exchange.parsed_ns);
}

void Tally::ended(const Exchange& exchange, Ending how, std::int64_t now) noexcept {
  if (exchange.run == 0 || exchange.run != attendance_.run()) return;
  ++counts_.endings[static_cast<std::size_t>(how)];
  const Fault fault = exchange.fate.fault;
  if (fault == Fault::hang || fault == Fault::hang_header || fault == Fault::stall) {
    counts_.hang_wait.record(now - exchange.parsed_ns);
  }
  attendance_.left(now);
}

void Tally::connection_closed(std::uint32_t run, std::uint64_t counted_requests) noexcept {
  --counts_.connections_open;
  if (run != attendance_.run()) return;
  counts_.most_on_a_connection = std::max(counts_.most_on_a_connection, counted_requests);
}

}  // namespace interleave
