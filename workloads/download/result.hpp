// What an item asks for, and what the reply makes of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/http/reply.hpp"
#include "harness/load/item.hpp"
#include "harness/load/item_result.hpp"
#include "harness/numbers/mix.hpp"

namespace interleave {

constexpr Request request_of(const ItemInput& input) {
  return {.item = input.argument, .attempt = 0, .flags = input.flags & kOwnConnection};
}

// The content counts only where the outcome is one that has content. `body`: CRC-32C of the body.
constexpr std::uint64_t fetch_digest(std::uint32_t item, Outcome outcome, std::uint16_t status, std::uint32_t body) {
  const bool answered = outcome == Outcome::ok || outcome == Outcome::not_found || outcome == Outcome::http_error;
  const std::uint64_t content = answered ? std::uint64_t{status} << 32 | body : 0;
  return mix64(mix64(item, static_cast<std::uint64_t>(outcome)), content);
}

constexpr ItemResult fetch_result(std::uint32_t item, const Reply& reply) {
  return {.item = item,
          .status = reply.status,
          .outcome = reply.outcome,
          .digest = fetch_digest(item, reply.outcome, reply.status, reply.digest),
          .first_byte_ns = reply.first_byte_ns,
          .server_sent_ns = reply.server_sent_ns};
}

}  // namespace interleave
