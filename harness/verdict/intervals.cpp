// Order statistics.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/intervals.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <numeric>

namespace interleave {
namespace {

// P(X <= k) of X ~ Binomial(n, 1/2).
double at_most(std::size_t n, std::size_t k) {
  if (k >= n) return 1;
  return boost::math::cdf(boost::math::binomial(static_cast<double>(n), 0.5), static_cast<double>(k));
}

std::vector<std::size_t> ascending(const std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  return order;
}

}  // namespace

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

std::optional<std::size_t> interval_rank(std::size_t n, double alpha) {
  std::size_t k = 0;
  while (2 * (k + 1) <= n && 2 * at_most(n, k) <= alpha) ++k;
  if (k == 0) return std::nullopt;
  return k;
}

std::optional<Interval> median_interval(std::vector<double> values, double alpha) {
  const auto k = interval_rank(values.size(), alpha);
  if (!k) return std::nullopt;
  std::sort(values.begin(), values.end());
  return Interval{values[*k - 1], values[values.size() - *k]};
}

double p_above(const std::vector<double>& values, double against) {
  const auto not_above = std::count_if(values.begin(), values.end(), [&](double v) { return v <= against; });
  return at_most(values.size(), static_cast<std::size_t>(not_above));
}

double p_below(const std::vector<double>& values, double against) {
  const auto not_below = std::count_if(values.begin(), values.end(), [&](double v) { return v >= against; });
  return at_most(values.size(), static_cast<std::size_t>(not_below));
}

double p_differs(const std::vector<double>& values) {
  return std::min(1.0, 2 * std::min(p_above(values, 0), p_below(values, 0)));
}

std::vector<double> holm_levels(const std::vector<double>& p, double alpha) {
  std::vector<double> levels(p.size());
  const auto order = ascending(p);
  double level = 0;
  bool rejecting = true;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (rejecting) level = alpha / static_cast<double>(p.size() - i);
    levels[order[i]] = level;
    rejecting = rejecting && p[order[i]] <= level;
  }
  return levels;
}

std::vector<double> holm_adjusted(const std::vector<double>& p) {
  std::vector<double> adjusted(p.size());
  const auto order = ascending(p);
  double least = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    least = std::max(least, std::min(1.0, p[order[i]] * static_cast<double>(p.size() - i)));
    adjusted[order[i]] = least;
  }
  return adjusted;
}

}  // namespace interleave
