// What fields of a reply say, for whoever parses it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <cstdint>
#include <string_view>

namespace interleave {

// Retry-After: whole seconds; 0 where the value is a date, or nothing of the kind.
inline std::uint32_t retry_after_in(std::string_view value) noexcept {
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  return error == std::errc() && end == value.data() + value.size() ? seconds : 0;
}

// X-Times, "t1,t2,t3" in nanoseconds (docs/server.md): the last, when the server sent the reply; 0 where there is none.
inline std::int64_t server_sent_in(std::string_view value) noexcept {
  std::int64_t sent_ns = 0;
  const std::size_t comma = value.rfind(',');
  if (comma != value.npos) std::from_chars(value.data() + comma + 1, value.data() + value.size(), sent_ns);
  return sent_ns;
}

}  // namespace interleave
