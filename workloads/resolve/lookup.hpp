// One name being looked up: what to send, and what to do about what comes. Plain bytes, so that a callback can carry
// it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "harness/dns/lookups.hpp"
#include "harness/load/item.hpp"
#include "harness/load/item_result.hpp"
#include "harness/load/load.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/worker/datagram.hpp"
#include "workloads/resolve/answer.hpp"

namespace interleave {

// Of an input: argument is the item whose name it is, work how many attempts there may be.

// What an answer says, as an item's outcome.
constexpr Outcome outcome_of(const DnsMessage& answer) {
  if (answer.code == DnsCode::no_such_name) return Outcome::not_found;
  return answer.code == DnsCode::none && answer.address ? Outcome::ok : Outcome::http_error;
}

enum class Next : std::uint8_t { over, ask_again, listen_on, ask_over_tcp };

class Lookup {
 public:
  Lookup(const Load& load, std::uint32_t item) : load_(&load), item_(item) {}

  std::uint16_t server() const { return load_->name_port; }
  std::chrono::nanoseconds limit() const { return load_->timeout; }
  // Begins the next attempt.
  DnsBytes query() {
    due_ns_ = now_ns() + limit().count();
    return bytes_of(attempts_++);
  }
  // How long its answer may still take; more than 0.
  std::chrono::nanoseconds left() const {
    return std::max(std::chrono::nanoseconds(due_ns_ - now_ns()), std::chrono::nanoseconds(1));
  }
  // What to do about what has come. Whatever does not answer this attempt might be anybody's.
  Next next(const Datagram& came) const {
    if (came.outcome != Outcome::ok) return attempts_ < input().work ? Next::ask_again : Next::over;
    const auto answer = answer_in(came);
    if (!answer) return Next::listen_on;
    return answer->truncated ? Next::ask_over_tcp : Next::over;
  }
  DnsBytes query_over_tcp() {
    over_tcp_ = true;
    return bytes_of(attempts_ - 1);
  }

  // Of the last thing that came.
  ItemResult result(const Datagram& came) const {
    const auto answer = answer_in(came);
    const Outcome outcome = answer                        ? outcome_of(*answer)
                            : came.outcome == Outcome::ok ? Outcome::malformed
                                                          : came.outcome;
    const std::uint32_t address = answer ? answer->address.value_or(0) : 0;
    return {.item = item_,
            .outcome = outcome,
            .digest = lookup_digest(item_, outcome, address, attempts_, over_tcp_),
            .first_byte_ns = came.received_ns};
  }

 private:
  const ItemInput& input() const { return load_->inputs[item_]; }
  DnsBytes bytes_of(std::uint32_t attempt) const { return dns_bytes(query_of(input().argument, attempt)); }
  std::optional<DnsMessage> answer_in(const Datagram& came) const {
    const auto answer = read_dns(came.bytes);
    const DnsMessage query = query_of(input().argument, attempts_ - 1);
    const bool is_ours = answer && answer->is_answer && answer->id == query.id && answer->name == query.name;
    return is_ours ? answer : std::nullopt;
  }

  const Load* load_;
  std::int64_t due_ns_ = 0;
  std::uint32_t item_;
  std::uint16_t attempts_ = 0;
  bool over_tcp_ = false;
};

}  // namespace interleave
