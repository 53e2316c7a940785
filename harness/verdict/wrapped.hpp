// Text for a terminal that is 80 columns wide.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>

namespace interleave {

inline constexpr std::size_t kColumns = 80;

// `text` behind `start`, broken at blanks, each further line `indent` blanks in; no line, the first with `start`, is
// wider than kColumns: a word that is, is broken, too. Ends with a line's end.
std::string wrapped(const std::string& start, const std::string& text, std::size_t indent);

// Of the widest line.
std::size_t width_of(const std::string& lines);

}  // namespace interleave
