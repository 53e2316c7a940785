// A reply as a lane hands it to a body: judged and digested.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "harness/http/outcome.hpp"

namespace interleave {

struct Reply {
  Outcome outcome = Outcome::cancelled;
  std::uint16_t status = 0;         // 0 where no status line was read
  std::uint32_t digest = 0;         // CRC-32C of the body bytes read
  std::uint64_t bytes = 0;          // body bytes read
  std::int64_t first_byte_ns = 0;   // CLOCK_MONOTONIC; 0 where none came
  std::int64_t server_sent_ns = 0;  // CLOCK_MONOTONIC of the server's write; 0 where the server does not say
  std::uint32_t retry_after_s = 0;  // Retry-After in seconds; 0 where there is none, or a date
};

}  // namespace interleave
