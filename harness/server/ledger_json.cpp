// The ledger as JSON; see docs/server.md for the meaning of each key.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "harness/server/ledger.hpp"
#include "harness/server/listen_overflows.hpp"

namespace interleave {
namespace {

using nlohmann::json;

json waits(const Histogram<std::uint32_t>& h) {
  return {{"count", h.count()}, {"p50", h.quantile(0.5)}, {"p99", h.quantile(0.99)}, {"max", h.max()}};
}

json quantiles(const Histogram<std::uint32_t>& h) {
  return {{"count", h.count()},      {"early", h.early()},        {"p50", h.quantile(0.5)}, {"p90", h.quantile(0.9)},
          {"p99", h.quantile(0.99)}, {"p999", h.quantile(0.999)}, {"max", h.max()}};
}

// What each shard had of it, in the order of the shards.
json shares(const std::vector<std::unique_ptr<Tally>>& tallies) {
  json list = json::array();
  for (const auto& tally : tallies) {
    list.push_back(
        {{"connections_accepted", tally->counts().connections_accepted}, {"requests", tally->counts().requests}});
  }
  return list;
}

json dealt(const Counts& all) {
  json fates = json::object();
  for (std::size_t fault = 0; fault < kFaults; ++fault) {
    if (all.faults[fault] == 0 || fault == static_cast<std::size_t>(Fault::status)) continue;
    fates[fault == 0 ? "ok" : std::string(name_of(static_cast<Fault>(fault)))] = all.faults[fault];
  }
  for (const auto& [status, count] : all.statuses) fates[fmt::format("status_{}", status)] = count;
  return fates;
}

json lookups(const LookupCounts& counts) {
  json all{{"over_tcp", counts.over_tcp}, {"no_queries", counts.no_queries}};
  constexpr std::array kNames{"address", "no_such_name", "failure", "lost", "truncated"};
  for (std::size_t fate = 0; fate < kNames.size(); ++fate) all[kNames[fate]] = counts.fates[fate];
  return all;
}

}  // namespace

std::string Ledger::json() const {
  Counts all;
  for (const auto& tally : tallies_) all += tally->counts();
  const Cost last = attendance_.last();
  const Cost first = attendance_.first().value_or(last);
  const InFlight& in_flight = attendance_.in_flight();
  const double used = static_cast<double>(all.connections_used);
  return nlohmann::json{
      {"run", request_.name},
      {"seed", request_.seed},
      {"items", request_.items},
      {"expected", request_.expected},
      {"in_flight_asked", request_.in_flight},
      {"connections_accepted", all.connections_accepted},
      {"connections_open", all.connections_open},
      {"connections_used", all.connections_used},
      {"connections_shed", all.connections_shed},
      {"requests_per_connection",
       {{"mean", all.connections_used != 0 ? static_cast<double>(all.requests) / used : 0.0},
        {"max_of_closed", all.most_on_a_connection}}},
      {"shards", shares(tallies_)},
      {"requests", all.requests},
      {"unique", attendance_.unique()},
      {"missing", request_.expected - std::min(request_.expected, attendance_.unique())},
      {"duplicates", attendance_.duplicates()},
      {"unexpected", attendance_.unexpected()},
      {"retries", attendance_.retries()},
      {"fates", dealt(all)},
      {"lookups", lookups(all.lookups)},
      {"completed", all.endings[0]},
      {"cut_by_server", all.endings[1]},
      {"cut_by_client", all.endings[2]},
      {"in_flight", in_flight.now()},
      {"hang_wait_ns", waits(all.hang_wait)},
      {"early_retries", all.early_retries},
      {"deterministic", all.rate_limited == 0 && all.load_shed == 0 && all.races == 0},
      {"by_chance",
       {{"rate_limited_429", all.rate_limited}, {"load_shed_503", all.load_shed}, {"keep_alive_races", all.races}}},
      {"bytes_sent", all.bytes_sent},
      {"peak_in_flight", in_flight.peak()},
      {"mean_in_flight", in_flight.mean()},
      {"plateau_share", in_flight.plateau_share()},
      {"lateness_ns", quantiles(all.lateness)},
      {"loop_lag_ns", quantiles(all.loop_lag)},
      {"cpu_ns",
       {{"user", last.user_ns - first.user_ns},
        {"system", last.system_ns - first.system_ns},
        {"total", last.total_ns - first.total_ns}}},
      {"wall_ns", last.wall_ns - first.wall_ns},
      {"listen_overflows", listen_overflows() - listen_overflows_},
      {"fingerprint", fmt::format("{:016x}", all.fingerprint)}}
      .dump();
}

}  // namespace interleave
