// Counting.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/ledger.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "harness/http/clock.hpp"
#include "harness/server/listen_overflows.hpp"

namespace interleave {

void InFlight::change(int by, std::int64_t now) noexcept {
  if (first_ns_ == 0) first_ns_ = last_ns_ = now;
  const std::int64_t span = now - last_ns_;
  integral_ += static_cast<double>(current_) * static_cast<double>(span);
  if (current_ >= high_) high_time_ += span;
  last_ns_ = now;
  current_ += static_cast<std::uint64_t>(static_cast<std::int64_t>(by));
  if (current_ > peak_) peak_ = current_;
  if (reached_ns_ == 0 && current_ >= high_) reached_ns_ = now;
}

void InFlight::last_arrival(std::int64_t now) noexcept {
  plateau_end_ns_ = now;
  high_time_at_end_ = high_time_;
}

double InFlight::mean() const noexcept {
  const std::int64_t span = last_ns_ - first_ns_;
  return span > 0 ? integral_ / static_cast<double>(span) : static_cast<double>(peak_);
}

double InFlight::plateau_share() const noexcept {
  if (reached_ns_ == 0) return 0;
  const std::int64_t span = plateau_end_ns_ - reached_ns_;
  return span > 0 ? static_cast<double>(high_time_at_end_) / static_cast<double>(span) : 1;
}

Ledger::Cost Ledger::Cost::now() noexcept {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto ns = [](const timeval& t) { return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_usec * 1000; };
  timespec cpu{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  return {now_ns(), std::int64_t{cpu.tv_sec} * 1'000'000'000 + cpu.tv_nsec, ns(usage.ru_utime), ns(usage.ru_stime)};
}

void Ledger::begin(BeginRequest request) {
  RunFates fates(request.profile, request.seed, request.items);  // throws before anything has changed
  std::vector<std::uint32_t> seen(request.items);
  const std::uint64_t still_open = connections_open_;
  const std::uint32_t runs = runs_ + 1;
  *this = Ledger();
  connections_open_ = still_open;
  number_ = runs_ = runs;
  seen_ = std::move(seen);
  fates_ = std::move(fates);
  in_flight_.ask(request.in_flight);
  request_ = std::move(request);
  listen_overflows_ = listen_overflows();
}

std::string Ledger::close() {
  std::string result = json();
  fates_.reset();
  number_ = 0;
  return result;
}

void Ledger::arrived(Exchange& exchange, bool first) noexcept {
  if (requests_++ == 0) first_ = Cost::now();
  exchange.run = number_;
  fingerprint_ += fingerprint_of(exchange.item, exchange.attempt, exchange.fate);
  in_flight_.change(+1, exchange.parsed_ns);
  if (first) ++connections_used_;
  ++faults_[static_cast<std::size_t>(exchange.fate.fault)];
  if (exchange.fate.fault == Fault::status) ++statuses_[exchange.fate.status];
  if (exchange.item >= seen_.size()) {
    ++unexpected_;
    return;
  }
  std::uint32_t& attempts = seen_[exchange.item];
  const std::uint32_t bit = 1U << (exchange.attempt & 31);
  if ((attempts & bit) != 0) ++duplicates_;
  if (exchange.attempt != 0) ++retries_;
  if (attempts == 0) {
    ++unique_;
    in_flight_.last_arrival(exchange.parsed_ns);
  }
  attempts |= bit;
}

void Ledger::ended(const Exchange& exchange, Ending how, std::int64_t now) noexcept {
  if (exchange.run == 0 || exchange.run != number_) return;
  ++endings_[static_cast<std::size_t>(how)];
  const Fault fault = exchange.fate.fault;
  if (fault == Fault::hang || fault == Fault::hang_header || fault == Fault::stall) hang_wait_.record(now - exchange.parsed_ns);
  in_flight_.change(-1, now);
  if (in_flight_.now() == 0 && unique_ == request_.items) last_ = Cost::now();
}

void Ledger::connection_closed(std::uint64_t counted_requests) noexcept {
  --connections_open_;
  most_on_a_connection_ = std::max(most_on_a_connection_, counted_requests);
}

}  // namespace interleave
