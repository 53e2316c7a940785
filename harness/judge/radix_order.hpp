// Sorting times that are nearly in order already, in linear time.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace interleave {

struct TimedItem {
  std::int64_t at_ns;
  std::uint32_t item;
};

// Sorts by key(element), a time in nanoseconds, equal ones in the order they came; least significant digit first, 11
// bits at a time.
template <class T, class Key>
void sort_by_time(std::vector<T>& all, Key key) {
  const auto earlier = [&](const T& a, const T& b) { return key(a) < key(b); };
  if (std::is_sorted(all.begin(), all.end(), earlier)) return;
  constexpr int kBits = 11;
  constexpr std::size_t kDigits = std::size_t{1} << kBits;
  const auto [least, most] = std::minmax_element(all.begin(), all.end(), earlier);
  const auto from = static_cast<std::uint64_t>(key(*least));
  const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(key(*most)) - from));
  std::vector<T> other(all.size());
  for (int shift = 0; shift < bits; shift += kBits) {
    const auto digit = [&](const T& each) {
      return ((static_cast<std::uint64_t>(key(each)) - from) >> shift) & (kDigits - 1);
    };
    std::array<std::size_t, kDigits> place{};
    for (const T& each : all) ++place[digit(each)];
    std::size_t sum = 0;
    for (std::size_t& count : place) sum += std::exchange(count, sum);
    for (const T& each : all) other[place[digit(each)]++] = each;
    all.swap(other);
  }
}

inline void sort_by_time(std::vector<TimedItem>& all) {
  sort_by_time(all, [](const TimedItem& each) { return each.at_ns; });
}
inline void sort_by_time(std::vector<std::int64_t>& all) {
  sort_by_time(all, [](std::int64_t each) { return each; });
}

}  // namespace interleave
