// What a nap comes to, as a number.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/http/outcome.hpp"
#include "harness/numbers/mix.hpp"

namespace interleave {

constexpr std::uint64_t nap_digest(std::uint32_t item, Outcome outcome) {
  return mix64(item, static_cast<std::uint64_t>(outcome));
}

}  // namespace interleave
