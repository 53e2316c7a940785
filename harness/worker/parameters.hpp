// Typed reading of a load's parameters and policies.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <chrono>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>

namespace interleave {

using Settings = std::map<std::string, std::string>;

// The whole number under `key`, or `otherwise` where the key is absent. Throws std::invalid_argument naming the key.
inline std::int64_t whole_number(const Settings& settings, const std::string& key, std::int64_t otherwise) {
  const auto found = settings.find(key);
  if (found == settings.end()) return otherwise;
  const std::string& text = found->second;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::invalid_argument(key + "=" + text + " is not a whole number");
  }
  return value;
}

// A time such as 250us, 50ms or 1.5s; the unit is required. Throws std::invalid_argument naming the key.
std::chrono::microseconds time_span(const Settings& settings, const std::string& key,
                                    std::chrono::microseconds otherwise);

// The same for a bare text.
std::chrono::microseconds parse_time_span(const std::string& text);

}  // namespace interleave
