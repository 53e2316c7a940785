// Retry-After, for a reader's fields.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <cstdint>
#include <string_view>

namespace interleave {

// Whole seconds; 0 where the value is a date, or nothing of the kind.
inline std::uint32_t retry_after_in(std::string_view value) noexcept {
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  return error == std::errc() && end == value.data() + value.size() ? seconds : 0;
}

}  // namespace interleave
