// What CLI11's own checks let pass: numbers that are none, or that do not fit.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace interleave {

// For CLI::Option::check(): empty, or what is wrong. A whole number of 0 to 2^64 - 1, in decimal.
inline std::string not_64_bits(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::string() : "use a whole number of 0 to 18446744073709551615, not " + text;
}

// The same for a real number: CLI::Range takes NaN to lie within.
inline std::string not_finite(const std::string& text) {
  return std::isfinite(std::strtod(text.c_str(), nullptr)) ? std::string() : "use a number, not " + text;
}

}  // namespace interleave
