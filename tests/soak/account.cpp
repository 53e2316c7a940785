// Reconciling.
// SPDX-License-Identifier: Apache-2.0
#include "tests/soak/account.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace interleave::soak {

bool never_ends(const Fate& fate) noexcept {
  return expected_outcome(fate, std::chrono::nanoseconds(0)) == Outcome::timeout;
}

Ending natural_ending(const Fate& fate) noexcept {
  switch (expected_outcome(fate, std::chrono::nanoseconds(0))) {
    case Outcome::timeout: return Ending::cut_by_client;
    case Outcome::reset:
    case Outcome::truncated:
    case Outcome::malformed: return Ending::cut_by_server;
    default: return Ending::completed;
  }
}

void Account::closed(std::uint64_t requests) {
  if (requests != 0) ++used_;
  most_on_a_connection_ = std::max(most_on_a_connection_, requests);
}

void Account::asked(std::uint64_t item, std::uint32_t attempt, const Fate& fate, bool repeated) {
  ++requests_;
  if (attempt != 0) ++retries_;
  if (attempt == 0 && !repeated) ++unique_;
  if (repeated) ++duplicates_;
  if (never_ends(fate)) ++hangs_;
  fingerprint_ += fingerprint_of(item, attempt, fate);
  ++fates_[fate.fault == Fault::none     ? "ok"
           : fate.fault == Fault::status ? fmt::format("status_{}", fate.status)
                                         : std::string(name_of(fate.fault))];
}

std::vector<std::string> Account::differences(const nlohmann::json& ledger) const {
  std::vector<std::string> found;
  const auto must_be = [&](std::string_view key, const auto& wanted, const nlohmann::json& is) {
    if (is != nlohmann::json(wanted))
      found.push_back(fmt::format("{} is {}, must be {}", key, is.dump(), nlohmann::json(wanted).dump()));
  };
  const auto must_lie = [&](std::string_view key, std::uint64_t low, std::uint64_t high, std::uint64_t is) {
    if (is < low || is > high) found.push_back(fmt::format("{} is {}, must be {} to {}", key, is, low, high));
  };
  const auto at = [&](const char* key) -> const nlohmann::json& { return ledger.at(key); };
  must_be("requests", requests_, at("requests"));
  must_be("unique", unique_, at("unique"));
  must_be("missing", items_ - unique_, at("missing"));
  must_be("duplicates", duplicates_, at("duplicates"));
  must_be("retries", retries_, at("retries"));
  must_be("unexpected", 0, at("unexpected"));
  must_be("fates", fates_, at("fates"));
  must_be("fingerprint", fmt::format("{:016x}", fingerprint_), at("fingerprint"));
  must_be("hang_wait_ns.count", hangs_, at("hang_wait_ns").at("count"));
  must_be("in_flight", 0, at("in_flight"));
  must_be("connections_open", 0, at("connections_open"));
  must_be("connections_shed", 0, at("connections_shed"));
  must_be("connections_used", used_, at("connections_used"));
  must_be("requests_per_connection.max_of_closed", most_on_a_connection_,
          at("requests_per_connection").at("max_of_closed"));
  must_be("lateness_ns.early", 0, at("lateness_ns").at("early"));
  must_be("connections_accepted", opened_, at("connections_accepted"));
  const char* const endings[] = {"completed", "cut_by_server", "cut_by_client"};
  std::uint64_t sum = 0;
  for (std::size_t how = 0; how < 3; ++how) {
    must_lie(endings[how], sure_[how], sure_[how] + unsure_[how], at(endings[how]));
    sum += at(endings[how]).get<std::uint64_t>();
  }
  must_be("completed + cut_by_server + cut_by_client", requests_, sum);
  if (at("bytes_sent") < received_)
    found.push_back(fmt::format("bytes_sent is {}, but {} were received", at("bytes_sent").dump(), received_));
  return found;
}

}  // namespace interleave::soak
