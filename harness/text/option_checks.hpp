// What CLI11's own checks let pass: numbers that are none, or that do not fit.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cmath>
#include <cstdint>
#include <string>

#include "harness/text/leading_number.hpp"

namespace interleave {

// For CLI::Option::check(): empty, or what is wrong. A whole number of 0 to 2^64 - 1, in decimal.
inline std::string not_64_bits(const std::string& text) {
  const bool whole = leading_number<std::uint64_t>(text).is_all();
  return whole ? std::string() : "use a whole number of 0 to 18446744073709551615, not " + text;
}

// The same for a real number: CLI::Range takes NaN to lie within.
inline std::string not_finite(const std::string& text) {
  const auto number = leading_number<double>(text);
  return number.is_all() && std::isfinite(number.value) ? std::string() : "use a number, not " + text;
}

}  // namespace interleave
