// Quoting.
// SPDX-License-Identifier: Apache-2.0
#include "harness/posix/shell_word.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace interleave {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_-./,:=@+%").find(c) != std::string_view::npos;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

// $'...', which alone can hold a line's end without having one.
std::string escaped(std::string_view text) {
  std::string word = "$'";
  for (const char c : text) {
    if (is_control(c)) word += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    else if (c == '\'' || c == '\\') word += {'\\', c};
    else word += c;
  }
  return word + "'";
}

}  // namespace

std::string shell_word(std::string_view text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return std::string(text);
  if (std::any_of(text.begin(), text.end(), is_control)) return escaped(text);
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') word += "'\\''";
    else word += c;
  }
  return word + "'";
}

}  // namespace interleave
