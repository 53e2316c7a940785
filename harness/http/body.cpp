// The noise behind every generated body.
// SPDX-License-Identifier: Apache-2.0
#include "harness/http/body.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "harness/http/crc32c.hpp"

namespace interleave {
namespace {

const std::vector<char>& noise() {
  static const std::vector<char> bytes = [] {
    std::vector<char> made(kNoisePeriod + kContiguous);
    for (std::size_t k = 0; k < made.size(); k += 8) {
      const std::uint64_t word = mix64((k % kNoisePeriod) / 8);
      for (std::size_t i = 0; i < 8; ++i) made[k + i] = static_cast<char>(word >> (8 * i));
    }
    return made;
  }();
  return bytes;
}

}  // namespace

std::string_view body_window(std::uint64_t item, std::uint64_t offset, std::size_t n) noexcept {
  return {noise().data() + (body_start(item) + offset) % kNoisePeriod, std::min(n, kContiguous)};
}

std::uint32_t body_digest(std::uint64_t item, std::uint64_t size) noexcept {
  std::uint32_t crc = 0;
  for (std::uint64_t offset = 0; offset < size; offset += kContiguous) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(kContiguous, size - offset));
    crc = crc32c(crc, body_window(item, offset, n));
  }
  return crc;
}

}  // namespace interleave
