// The bytes of every fault, read by the clients' reader however they are cut, come to expected_outcome().
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <tuple>
#include <vector>

#include "harness/http/body.hpp"
#include "harness/http/reply_reader.hpp"
#include "harness/server/script.hpp"

namespace interleave {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kWritten = 123'456'789;
constexpr std::string_view kDate = "Date: Thu, 26 Nov 2026 10:00:00 GMT\r\n";

Exchange exchange_of(Fault fault, std::uint32_t bytes) {
  Exchange exchange;
  exchange.fate.fault = fault;
  exchange.fate.status = fault == Fault::status ? 418 : 200;
  exchange.fate.bytes = bytes;
  exchange.item = 7;
  exchange.run = 1;
  exchange.parsed_ns = exchange.due_ns = 100;
  return exchange;
}

// Hands `text` to the reader in pieces of `cut` bytes; true once the reply is complete.
bool feed(ReplyReader& reader, std::string_view text, std::size_t cut) {
  while (!text.empty()) {
    const std::vector<char> piece(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(cut, text.size())));
    text.remove_prefix(piece.size());
    if (reader.received(piece)) return true;
  }
  return false;
}

// What the reader makes of a script, as a client that waits forever and then gives up would see it.
Reply read(const Script& script, std::size_t cut, ReplyReader& reader) {
  reader.begin();
  for (const Step& step : script.steps) {
    switch (step.kind) {
      case Step::Kind::text:
        if (feed(reader, step.text, cut)) return reader.reply();
        break;
      case Step::Kind::body:
        if (feed(reader, body_window(step.item, step.offset, step.size), cut)) return reader.reply();
        break;
      case Step::Kind::pause: break;
      case Step::Kind::finish: reader.ended(0); return reader.reply();
      case Step::Kind::reset: reader.ended(ECONNRESET); return reader.reply();
      case Step::Kind::hang: reader.abandoned(Outcome::timeout); return reader.reply();
    }
  }
  ADD_FAILURE() << "the script ended and the reply is not complete";
  return reader.reply();
}

class EveryFault : public testing::TestWithParam<std::tuple<int, int, int>> {};

TEST_P(EveryFault, IsJudgedAsExpected) {
  const auto [fault, bytes, cut] = GetParam();
  const Exchange exchange = exchange_of(static_cast<Fault>(fault), static_cast<std::uint32_t>(bytes));
  const Script script = script_of(exchange, {}, {.date = kDate, .written_ns = kWritten});
  ReplyReader reader;
  const Reply reply = read(script, static_cast<std::size_t>(cut), reader);
  const Outcome expected = expected_outcome(exchange.fate, 1s);
  EXPECT_EQ(name_of(reply.outcome), name_of(expected)) << name_of(exchange.fate.fault);
  if (expected != Outcome::ok && expected != Outcome::http_error) return;
  EXPECT_EQ(reply.status, exchange.fate.status);
  EXPECT_EQ(reply.bytes, exchange.fate.bytes);
  EXPECT_EQ(reply.digest, body_digest(exchange.item, exchange.fate.bytes));
  EXPECT_EQ(reply.server_sent_ns, kWritten);
}

// Replies with bytes behind their end, or a connection that ends, must say so in their header: a client cannot see it
// otherwise before it sends the next request.
TEST_P(EveryFault, LeavesNoClientWithADeadConnectionItBelievesIn) {
  const auto [fault, bytes, cut] = GetParam();
  const Exchange exchange = exchange_of(static_cast<Fault>(fault), static_cast<std::uint32_t>(bytes));
  const Script script = script_of(exchange, {}, {.date = kDate, .written_ns = kWritten});
  ReplyReader reader;
  read(script, static_cast<std::size_t>(cut), reader);
  const Step::Kind last = script.steps.back().kind;
  const bool connection_ends = last != Step::Kind::text && last != Step::Kind::body;
  EXPECT_EQ(reader.keep_alive(), !connection_ends) << name_of(exchange.fate.fault);
}

// HTTP/1.0 knows neither chunks nor interim replies; what a fault is there stays what it is.
TEST_P(EveryFault, IsNoOtherForAnHttp10Client) {
  const auto [fault, bytes, cut] = GetParam();
  const Exchange exchange = exchange_of(static_cast<Fault>(fault), static_cast<std::uint32_t>(bytes));
  const Script script = script_of(
      exchange, {}, {.persistence = Persistence::close, .http_1_0 = true, .date = kDate, .written_ns = kWritten});
  ReplyReader reader;
  const Reply reply = read(script, static_cast<std::size_t>(cut), reader);
  EXPECT_EQ(name_of(reply.outcome), name_of(expected_outcome(exchange.fate, 1s))) << name_of(exchange.fate.fault);
  if (traits_of(exchange.fate.fault).has(kOwnBody) || script.steps.front().kind != Step::Kind::text) return;
  EXPECT_EQ(script.steps.front().text.find("chunked"), std::string::npos) << script.steps.front().text;
  EXPECT_FALSE(script.steps.front().text.starts_with("HTTP/1.1 1"));
}

std::string label(const testing::TestParamInfo<std::tuple<int, int, int>>& info) {
  const auto [fault, bytes, cut] = info.param;
  return std::string(name_of(static_cast<Fault>(fault))) + "_" + std::to_string(bytes) + "_bytes_cut_" +
         std::to_string(cut);
}

INSTANTIATE_TEST_SUITE_P(All, EveryFault,
                         testing::Combine(testing::Range(0, static_cast<int>(kFaults)),
                                          testing::Values(0, 1, 1000, 4096), testing::Values(1, 13, 8192)),
                         label);

}  // namespace
}  // namespace interleave
