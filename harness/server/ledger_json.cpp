// The ledger as JSON; see docs/server.md for the meaning of each key.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/server/ledger.hpp"
#include "harness/server/listen_overflows.hpp"

namespace interleave {
namespace {

using nlohmann::json;

json waits(const Histogram& h) {
  return {{"count", h.count()}, {"p50", h.quantile(0.5)}, {"p99", h.quantile(0.99)}, {"max", h.max()}};
}

json quantiles(const Histogram& h) {
  return {{"count", h.count()},          {"early", h.early()},          {"p50", h.quantile(0.5)},
          {"p90", h.quantile(0.9)},      {"p99", h.quantile(0.99)},     {"p999", h.quantile(0.999)},
          {"max", h.max()}};
}

}  // namespace

std::string Ledger::json() const {
  nlohmann::json fates = nlohmann::json::object();
  for (std::size_t fault = 0; fault < kFaults; ++fault) {
    if (faults_[fault] == 0 || fault == static_cast<std::size_t>(Fault::status)) continue;
    fates[fault == 0 ? "ok" : std::string(name_of(static_cast<Fault>(fault)))] = faults_[fault];
  }
  for (const auto& [status, count] : statuses_) fates[fmt::format("status_{}", status)] = count;
  const bool complete = requests_ != 0 && unique_ == request_.items && in_flight_.now() == 0;
  const Cost last = complete ? last_ : Cost::now();
  const Cost first = requests_ != 0 ? first_ : last;
  return nlohmann::json{
      {"run", request_.name},
      {"seed", request_.seed},
      {"items", request_.items},
      {"in_flight_asked", request_.in_flight},
      {"connections_accepted", connections_accepted_},
      {"connections_open", connections_open_},
      {"connections_used", connections_used_},
      {"connections_shed", connections_shed_},
      {"requests_per_connection",
       {{"mean", connections_used_ != 0 ? static_cast<double>(requests_) / static_cast<double>(connections_used_) : 0.0},
        {"max_of_closed", most_on_a_connection_}}},
      {"requests", requests_},
      {"unique", unique_},
      {"missing", request_.items - unique_},
      {"duplicates", duplicates_},
      {"unexpected", unexpected_},
      {"retries", retries_},
      {"fates", fates},
      {"completed", endings_[0]},
      {"cut_by_server", endings_[1]},
      {"cut_by_client", endings_[2]},
      {"in_flight", in_flight_.now()},
      {"hang_wait_ns", waits(hang_wait_)},
      {"early_retries", early_retries_},
      {"bytes_sent", bytes_sent_},
      {"peak_in_flight", in_flight_.peak()},
      {"mean_in_flight", in_flight_.mean()},
      {"plateau_share", in_flight_.plateau_share()},
      {"lateness_ns", quantiles(lateness_)},
      {"loop_lag_ns", quantiles(loop_lag_)},
      {"cpu_ns",
       {{"user", last.user_ns - first.user_ns},
        {"system", last.system_ns - first.system_ns},
        {"total", last.total_ns - first.total_ns}}},
      {"wall_ns", last.wall_ns - first.wall_ns},
      {"listen_overflows", listen_overflows() - listen_overflows_},
      {"fingerprint", fmt::format("{:016x}", fingerprint_)}}
      .dump();
}

}  // namespace interleave
