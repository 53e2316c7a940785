// Medians of thirds.
// SPDX-License-Identifier: Apache-2.0
#include "tests/soak/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <span>
#include <stdexcept>

namespace interleave::soak {
namespace {

std::uint64_t median(std::span<const std::uint64_t> values) {
  std::vector<std::uint64_t> sorted(values.begin(), values.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

}  // namespace

std::uint64_t resident_kib(pid_t pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string word; status >> word;) {
    std::uint64_t kib = 0;
    if (word == "RssAnon:" && status >> kib) return kib;
  }
  throw std::runtime_error(fmt::format("process {} is gone", pid));
}

std::optional<std::string> growth(const std::vector<std::uint64_t>& kib, std::uint64_t most_growth_kib) {
  if (kib.size() < kLeastRounds) return std::nullopt;
  const std::span<const std::uint64_t> warm = std::span(kib).subspan(std::max<std::size_t>(2, kib.size() / 5));
  const std::uint64_t first = median(warm.first(warm.size() / 3));
  const std::uint64_t last = median(warm.last(warm.size() / 3));
  if (last <= first + most_growth_kib) return std::nullopt;
  return fmt::format("memory grew from {} KiB (median of the first third of the rounds) to {} KiB (of the last)", first,
                     last);
}

}  // namespace interleave::soak
