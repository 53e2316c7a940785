// Counting the signs.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/signed_rank.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace interleave {
namespace {

struct Ranked {
  std::vector<std::size_t> twice;  // the ranks of the magnitudes, twice, so that those of ties are whole
  std::size_t positive = 0;        // their sum over positive values
};

Ranked ranked(std::span<const double> values) {
  std::vector<double> sorted;
  for (const double value : values) {
    if (value != 0 && !std::isnan(value)) sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
  Ranked found;
  for (std::size_t first = 0; first < sorted.size();) {
    std::size_t end = first;
    while (end < sorted.size() && std::abs(sorted[end]) == std::abs(sorted[first])) ++end;
    for (std::size_t i = first; i < end; ++i) {
      found.twice.push_back(first + end + 1);
      if (sorted[i] > 0) found.positive += first + end + 1;
    }
    first = end;
  }
  return found;
}

// That the sum of those that a fair coin each takes is `positive` or more.
double chance_of(std::span<const std::size_t> magnitudes, std::size_t positive) {
  const std::size_t most = std::accumulate(magnitudes.begin(), magnitudes.end(), std::size_t{0});
  std::vector<double> shares(most + 1);  // of all signs, by the sum of those that are positive
  shares[0] = 1;
  std::size_t reached = 0;
  for (const std::size_t magnitude : magnitudes) {
    reached += magnitude;
    for (std::size_t sum = reached + 1; sum-- > 0;)
      shares[sum] = (shares[sum] + (sum >= magnitude ? shares[sum - magnitude] : 0)) / 2;
  }
  double p = 0;
  for (std::size_t sum = most + 1; sum-- > positive;) p += shares[sum];
  return std::min(1.0, p);
}

}  // namespace

double signed_rank_p(std::span<const double> values) {
  const auto [twice, positive] = ranked(values);
  return chance_of(twice, positive);
}

double signed_score_p(std::span<const int> scores) {
  std::vector<std::size_t> magnitudes;
  std::size_t positive = 0;
  for (const int score : scores) {
    if (score == 0) continue;
    magnitudes.push_back(static_cast<std::size_t>(std::abs(score)));
    if (score > 0) positive += magnitudes.back();
  }
  return chance_of(magnitudes, positive);
}

double least_signed_rank_p(std::size_t n) { return std::pow(0.5, static_cast<double>(n)); }

std::vector<bool> holm(const std::vector<double>& p, std::size_t planned, double alpha) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<bool> rejected(p.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (p[order[i]] > alpha / static_cast<double>(planned - i)) break;
    rejected[order[i]] = true;
  }
  return rejected;
}

}  // namespace interleave
