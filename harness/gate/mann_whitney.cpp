// Mann and Whitney's U, counted.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/mann_whitney.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

namespace interleave {
namespace {

constexpr std::size_t kMostCounted = 10'000;  // pairs; beyond, the normal distribution is as good

}  // namespace

// The largest of m + n values is one of the m with a share of m / (m + n), and then above all n; or one of the n, and
// below nobody.
std::vector<double> mann_whitney_shares(std::size_t m, std::size_t n) {
  std::vector<std::vector<double>> of_j(n + 1, std::vector<double>{1});
  for (std::size_t i = 1; i <= m; ++i) {
    std::vector<std::vector<double>> next(n + 1, std::vector<double>{1});
    for (std::size_t j = 1; j <= n; ++j) {
      const auto all = static_cast<double>(i + j);
      std::vector<double>& shares = next[j];
      shares.assign(i * j + 1, 0);
      for (std::size_t u = 0; u < of_j[j].size(); ++u) shares[u + j] += of_j[j][u] * static_cast<double>(i) / all;
      for (std::size_t u = 0; u < next[j - 1].size(); ++u) shares[u] += next[j - 1][u] * static_cast<double>(j) / all;
    }
    of_j = std::move(next);
  }
  return of_j[n];
}

std::size_t mann_whitney_cut(std::size_t m, std::size_t n, double alpha) {
  if (m * n > kMostCounted) {
    const auto pairs = static_cast<double>(m * n);
    const double deviation = std::sqrt(pairs * static_cast<double>(m + n + 1) / 12);
    const double cut = pairs / 2 + boost::math::quantile(boost::math::normal(), alpha / 2) * deviation - 1;
    return cut < 1 ? 0 : static_cast<std::size_t>(cut);
  }
  double below = 0;
  const std::vector<double> shares = mann_whitney_shares(m, n);
  for (std::size_t u = 0; u < shares.size(); ++u) {
    below += shares[u];
    if (2 * below > alpha * (1 + 1e-12)) return u;
  }
  return 0;
}

std::size_t rounds_for_interval(double alpha) {
  double orders = 1;  // of r and r values
  for (std::size_t r = 1; r < 500; ++r) {
    orders *= 2 * static_cast<double>(2 * r - 1) / static_cast<double>(r);
    if (2 <= alpha * orders) return r;
  }
  return 500;
}

RatioOfGroups ratio_of_groups(std::span<const double> here, std::span<const double> there, double alpha) {
  std::vector<double> ratios;
  ratios.reserve(here.size() * there.size());
  for (const double a : here) {
    for (const double b : there) ratios.push_back(std::isinf(a) && std::isinf(b) ? 1 : a / b);
  }
  std::sort(ratios.begin(), ratios.end());
  const std::size_t middle = ratios.size() / 2;
  RatioOfGroups found;
  found.ratio = ratios.size() % 2 == 1 ? ratios[middle] : (ratios[middle - 1] + ratios[middle]) / 2;
  const std::size_t cut = mann_whitney_cut(here.size(), there.size(), alpha);
  if (cut > 0) found.interval = Interval{ratios[cut - 1], ratios[ratios.size() - cut]};
  return found;
}

}  // namespace interleave
