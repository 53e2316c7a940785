// What an item came to: the nine outcomes every table, chart and oracle uses.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace interleave {

enum class Outcome : std::uint8_t {
  ok,
  not_found,
  http_error,
  timeout,
  refused,
  reset,
  truncated,
  malformed,
  cancelled,
};
inline constexpr std::size_t kOutcomes = 9;
inline constexpr std::array<std::string_view, kOutcomes> kOutcomeNames{
    "OK", "NOT_FOUND", "HTTP_ERROR", "TIMEOUT", "REFUSED", "RESET", "TRUNCATED", "MALFORMED", "CANCELLED"};

constexpr std::string_view name_of(Outcome outcome) noexcept {
  return kOutcomeNames[static_cast<std::size_t>(outcome)];
}

// The outcome of a complete reply: 2xx is OK, 404 NOT_FOUND, everything else HTTP_ERROR (redirects
// are not followed by the core operations).
constexpr Outcome outcome_of_status(unsigned status) noexcept {
  if (status >= 200 && status <= 299) return Outcome::ok;
  return status == 404 ? Outcome::not_found : Outcome::http_error;
}

}  // namespace interleave
