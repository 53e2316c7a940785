// Splitting and decoding of request targets, and what their characters are.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace interleave {

// Whether `c` is one of 0 to 9, whatever the locale.
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// The parts of `text` between the separators; one empty part for an empty text.
std::vector<std::string_view> split(std::string_view text, char separator);

// %XX becomes its byte and + a blank; a % without two hexadecimal digits stays as it is.
std::string percent_decoded(std::string_view text);

}  // namespace interleave
