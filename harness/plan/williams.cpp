// Williams squares.
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/williams.hpp"

#include <algorithm>

#include "harness/http/fate.hpp"
#include "harness/numbers/mix.hpp"

namespace interleave {

std::vector<std::vector<std::uint32_t>> williams_square(std::uint32_t n) {
  std::vector<std::uint32_t> first;  // 0, 1, n-1, 2, n-2, ...
  for (std::uint32_t i = 0; i < n; ++i) first.push_back(i % 2 == 1 ? (i + 1) / 2 : (n - i / 2) % n);
  std::vector<std::vector<std::uint32_t>> rows;
  for (std::uint32_t shift = 0; shift < n; ++shift) {
    std::vector<std::uint32_t> row = first;
    for (std::uint32_t& model : row) model = (model + shift) % n;
    rows.push_back(row);
    if (n % 2 == 1 && n > 1) rows.emplace_back(row.rbegin(), row.rend());
  }
  return rows;
}

std::vector<std::vector<std::uint32_t>> williams_rounds(std::uint32_t n, std::uint32_t rounds, std::uint64_t seed) {
  const auto square = williams_square(n);
  std::vector<std::vector<std::uint32_t>> order;
  for (std::uint64_t block = 0; order.size() < rounds; ++block) {
    const std::uint64_t label_key = mix64(seed, 2 * block);
    const std::uint64_t row_key = mix64(seed, 2 * block + 1);
    for (std::size_t i = 0; i < square.size() && order.size() < rounds; ++i) {
      std::vector<std::uint32_t> row = square[permuted(row_key, square.size(), i)];
      for (std::uint32_t& model : row) model = static_cast<std::uint32_t>(permuted(label_key, n, model));
      order.push_back(std::move(row));
    }
  }
  return order;
}

}  // namespace interleave
