// Every count of a ledger that differs from what the client knows is told, by its name.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/soak/account.hpp"

namespace interleave::soak {
namespace {

using nlohmann::json;

Fate fate_of(Fault fault, std::uint16_t status = 200) {
  Fate fate;
  fate.fault = fault;
  fate.status = status;
  fate.bytes = 100;
  return fate;
}

// Three requests on one connection of two: a whole reply, a hang, and a reset whose client left early.
Account played() {
  Account account(5);
  account.opened();
  account.opened();
  account.asked(0, 0, fate_of(Fault::status, 418), false);
  account.asked(1, 0, fate_of(Fault::hang), false);
  account.asked(1, 1, fate_of(Fault::reset), false);
  account.ended(Ending::completed);
  account.ended(Ending::cut_by_client);
  account.ended(Ending::cut_by_server, Ending::cut_by_client);
  account.closed(3);
  account.closed(0);
  account.received(1000);
  return account;
}

json ledger() {
  const std::uint64_t fingerprint = fingerprint_of(0, 0, fate_of(Fault::status, 418)) +
                                    fingerprint_of(1, 0, fate_of(Fault::hang)) +
                                    fingerprint_of(1, 1, fate_of(Fault::reset));
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(fingerprint));
  return {{"requests", 3},
          {"unique", 2},
          {"missing", 3},
          {"duplicates", 0},
          {"retries", 1},
          {"unexpected", 0},
          {"fates", {{"status_418", 1}, {"hang", 1}, {"reset", 1}}},
          {"fingerprint", text},
          {"hang_wait_ns", {{"count", 1}}},
          {"in_flight", 0},
          {"connections_open", 0},
          {"connections_shed", 0},
          {"connections_used", 1},
          {"connections_accepted", 2},
          {"requests_per_connection", {{"max_of_closed", 3}}},
          {"lateness_ns", {{"early", 0}}},
          {"completed", 1},
          {"cut_by_server", 1},
          {"cut_by_client", 1},
          {"bytes_sent", 1000}};
}

TEST(Account, ARightLedgerHasNoDifference) {
  EXPECT_EQ(played().differences(ledger()), std::vector<std::string>());
  json other = ledger();
  other["cut_by_server"] = 0;
  other["cut_by_client"] = 2;  // the client that left early
  EXPECT_EQ(played().differences(other), std::vector<std::string>());
}

TEST(Account, EachWrongCountIsNamed) {
  for (const char* const path :
       {"/requests", "/unique", "/missing", "/duplicates", "/retries", "/unexpected", "/fates/hang", "/fates/reset",
        "/hang_wait_ns/count", "/in_flight", "/connections_open", "/connections_shed", "/connections_used",
        "/connections_accepted", "/requests_per_connection/max_of_closed", "/lateness_ns/early", "/completed",
        "/cut_by_server", "/cut_by_client"}) {
    json wrong = ledger();
    json& value = wrong[json::json_pointer(path)];
    value = value.get<int>() + 2;
    const auto found = played().differences(wrong);
    ASSERT_FALSE(found.empty()) << path;
    const std::string key =
        json::json_pointer(path).parent_pointer().empty() ? path + 1 : json::json_pointer(path).parent_pointer().back();
    EXPECT_EQ(found.front().rfind(key, 0), 0U) << found.front();
  }
  json wrong = ledger();
  wrong["fingerprint"] = "0000000000000000";
  EXPECT_EQ(played().differences(wrong).size(), 1U);
}

TEST(Account, NoEndingIsMissing) {
  json wrong = ledger();
  wrong["cut_by_server"] = 0;  // within its bounds, but then another must have it
  EXPECT_FALSE(played().differences(wrong).empty());
}

TEST(Account, BytesThatWereReceivedWereSent) {
  json wrong = ledger();
  wrong["bytes_sent"] = 999;
  EXPECT_FALSE(played().differences(wrong).empty());
}

}  // namespace
}  // namespace interleave::soak
