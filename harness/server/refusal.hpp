// The limits of a request, and why one is refused.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace interleave {

// Limits; see docs/server.md.
inline constexpr std::size_t kMostRequestLine = 8 * 1024;  // without its CRLF
inline constexpr std::size_t kMostHeaders = 16 * 1024;     // the field lines with theirs; the same of a trailer
inline constexpr std::size_t kMostFields = 100;
inline constexpr std::size_t kMostBody = 1024 * 1024;
inline constexpr std::size_t kMostExtensions = 16 * 1024;  // of the chunks of a body

// Why a request is refused: the status to answer, and a reason in plain words with static storage.
struct Refusal {
  std::uint16_t status = 0;  // 0: not refused
  std::string_view reason;
  explicit operator bool() const noexcept { return status != 0; }
};

// The characters of a token (RFC 9110, 5.6.2).
constexpr bool is_token_char(unsigned char c) noexcept {
  if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
}

}  // namespace interleave
