// What an explicit request asks of its reply beyond what a seeded fate can hold.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/server/admission.hpp"

namespace interleave {

struct ReplyPlan {
  std::optional<std::uint64_t> at;           // body bytes before the fault strikes; half of the body otherwise
  std::uint32_t pieces = 1;                  // chunks, or writes where the framing has no chunks
  std::uint64_t piece_bytes = 0;             // of each but the last; 0: all alike
  std::chrono::nanoseconds drip{0};          // between two pieces
  std::chrono::nanoseconds header_pause{0};  // between header and body
  std::vector<std::uint16_t> interim;        // 1xx replies before the final one
  std::uint32_t retry_after_s = 0;           // Retry-After in whole seconds; 0: none
  std::uint32_t close_after = 0;             // closes once the connection has had this many requests; 0: never
  bool close_unannounced = false;  // keeps the connection alive by its word, and closes it: the keep-alive race
  std::optional<std::chrono::nanoseconds>
      idle_408{};                      // a 408 nobody asked for, once the connection has been idle that long
  AdmissionRule admission;             // what may refuse the request at this moment
  std::uint64_t gate = 0;              // the path it counts as under way for; 0: none
  std::string fields;                  // further header lines, each with its CRLF
  std::uint64_t noise = 0;             // the item whose body a generated one is
  std::optional<std::string> content;  // the body, where it is not generated
};

}  // namespace interleave
