// When an item asks again, after which pause, and what its last reply makes of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <chrono>

#include "harness/load/item.hpp"
#include "harness/numbers/mix.hpp"
#include "workloads/download/result.hpp"

namespace interleave {

// Of an input: work is how many attempts there may be, wait_ns the pause behind the first.

// The statuses that mean "later, perhaps"; `attempt` counts from 0.
constexpr bool asks_again(const ItemInput& input, std::uint32_t attempt, std::uint16_t status) {
  return (status == 429 || status == 503) && attempt + 1 < input.work;
}
// Doubled each time, and never less than the server asks for.
constexpr std::chrono::nanoseconds pause_behind(const ItemInput& input, std::uint32_t attempt,
                                                std::uint32_t retry_after_s) {
  const std::chrono::nanoseconds own(input.wait_ns << attempt);
  return std::max<std::chrono::nanoseconds>(own, std::chrono::seconds(retry_after_s));
}
// The digest binds how many attempts it took to what they came to.
constexpr std::uint64_t retried_digest(std::uint64_t last, std::uint32_t attempts) { return mix64(last, attempts); }

constexpr bool is_worth_another(const ItemInput& input, std::uint32_t attempt, const Reply& reply) {
  return reply.outcome == Outcome::http_error && asks_again(input, attempt, reply.status);
}
constexpr std::chrono::nanoseconds pause_behind(const ItemInput& input, std::uint32_t attempt, const Reply& reply) {
  return pause_behind(input, attempt, reply.retry_after_s);
}
constexpr ItemResult last_of(std::uint32_t item, std::uint32_t attempt, const Reply& reply) {
  ItemResult result = fetch_result(item, reply);
  result.digest = retried_digest(result.digest, attempt + 1);
  return result;
}

}  // namespace interleave
