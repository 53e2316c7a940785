// Parsing of numbers, and of times with units.
// SPDX-License-Identifier: Apache-2.0
#include "harness/text/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace interleave {

std::uint64_t whole_number(const std::string& what, const std::string& text, Range range) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !range.has(value)) throw std::invalid_argument(what + "=" + text + " " + range.wanted());
  return value;
}

std::uint64_t whole_number(const Settings& settings, const std::string& key, std::uint64_t otherwise, Range range) {
  const auto found = settings.find(key);
  return found == settings.end() ? otherwise : whole_number(key, found->second, range);
}

void refuse_unknown(const Settings& given, std::span<const Setting> declared, std::string_view what,
                    std::string_view whose) {
  for (const auto& [name, value] : given) {
    const auto is_it = [&wanted = name](const Setting& setting) { return setting.name == wanted; };
    if (std::any_of(declared.begin(), declared.end(), is_it)) continue;
    std::string known;
    for (const Setting& setting : declared) known += (known.empty() ? "" : ", ") + std::string(setting.name);
    throw std::invalid_argument("unknown " + std::string(what) + " '" + name + "' of " + std::string(whose) +
                                (known.empty() ? "; it has none" : "; known: " + known));
  }
}

std::chrono::microseconds parse_time_span(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, text.data() + text.size());
  const double scale = unit == "us" ? 1 : unit == "ms" ? 1e3 : unit == "s" ? 1e6 : 0;
  if (error != std::errc() || scale == 0 || !(number >= 0) || number * scale > 1e15) {
    throw std::invalid_argument("'" + text + "' is not a time; write it like 250us, 50ms or 1.5s");
  }
  return std::chrono::microseconds(std::llround(number * scale));
}

std::chrono::microseconds time_span(const Settings& settings, const std::string& key,
                                    std::chrono::microseconds otherwise) {
  const auto found = settings.find(key);
  if (found == settings.end()) return otherwise;
  try {
    return parse_time_span(found->second);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(key + ": " + error.what());
  }
}

}  // namespace interleave
