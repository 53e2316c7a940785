// Strings, one behind the other, with something between them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace interleave {

// `text_of(element)` is each one's text; empty for an empty range.
template <class Range, class TextOf>
std::string joined(const Range& range, std::string_view separator, TextOf text_of) {
  std::string all;
  bool first = true;
  for (const auto& each : range) {
    if (!first) all += separator;
    first = false;
    all += text_of(each);
  }
  return all;
}

template <class Range>
std::string joined(const Range& range, std::string_view separator) {
  return joined(range, separator, [](const auto& each) -> std::string_view { return each; });
}

}  // namespace interleave
