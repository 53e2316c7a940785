// Parsing of numbers, and of times with units.
// SPDX-License-Identifier: Apache-2.0
#include "harness/text/parameters.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "harness/text/joined.hpp"
#include "harness/text/leading_number.hpp"

namespace interleave {

std::uint64_t whole_number(const std::string& what, const std::string& text, Range range) {
  const auto number = leading_number<std::uint64_t>(text);
  if (!number.is_all() || !range.has(number.value)) {
    throw std::invalid_argument(what + "=" + text + " " + range.wanted());
  }
  return number.value;
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
    const std::string known = joined(declared, ", ", [](const Setting& setting) { return setting.name; });
    throw std::invalid_argument("unknown " + std::string(what) + " '" + name + "' of " + std::string(whose) +
                                (known.empty() ? "; it has none" : "; known: " + known));
  }
}

std::chrono::microseconds parse_time_span(const std::string& text) {
  const std::optional<double> ns = nanoseconds_in(text);
  if (!ns || *ns > 1e18) {
    throw std::invalid_argument("'" + text + "' is not a time; write it like 250us, 50ms or 1.5s");
  }
  return std::chrono::microseconds(std::llround(*ns / 1000));
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
