// The number that a text begins with: what every parser of numbers, amounts and times is made of.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

namespace interleave {

template <class Number>
struct LeadingNumber {
  Number value{};
  std::errc error{};      // invalid_argument: there is none; result_out_of_range: it does not fit
  std::string_view rest;  // what follows it

  bool is_all() const { return error == std::errc() && rest.empty(); }
};

template <class Number>
LeadingNumber<Number> leading_number(std::string_view text) {
  LeadingNumber<Number> found;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), found.value);
  found.error = error;
  found.rest = text.substr(static_cast<std::size_t>(end - text.data()));
  return found;
}

struct TimeUnit {
  std::string_view name;
  double ns;
};
inline constexpr TimeUnit kUnitsOfWaits[] = {{"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
inline constexpr TimeUnit kUnitsOfPatience[] = {{"s", 1e9}, {"min", 60e9}, {"h", 3600e9}};

// Of a time such as 250us, 50ms or 1.5s; may be infinite. Empty: it is none, or negative.
inline std::optional<double> nanoseconds_in(std::string_view text, std::span<const TimeUnit> units = kUnitsOfWaits) {
  const auto number = leading_number<double>(text);
  if (number.error != std::errc() || !(number.value >= 0)) return std::nullopt;
  for (const TimeUnit& unit : units) {
    if (unit.name == number.rest) return number.value * unit.ns;
  }
  return std::nullopt;
}

}  // namespace interleave
