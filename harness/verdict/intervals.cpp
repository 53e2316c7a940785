// Order statistics.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/intervals.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

namespace interleave {

double binomial_at_most(std::size_t n, std::size_t k, double p) {
  if (k >= n) return 1;
  return boost::math::cdf(boost::math::binomial(static_cast<double>(n), p), static_cast<double>(k));
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  if (n % 2 == 1) return values[n / 2];
  const double middle = (values[n / 2 - 1] + values[n / 2]) / 2;
  return std::isnan(middle) ? 0 : middle;
}

std::optional<std::size_t> interval_rank(std::size_t n, double alpha) {
  const auto covers = [&](std::size_t k) { return 2 * binomial_at_most(n, k - 1, 0.5) <= alpha; };
  std::size_t rank = 0, beyond = n / 2 + 1;  // covers(rank), if it is not 0; not covers(beyond), or it is no rank
  while (beyond - rank > 1) {
    const std::size_t middle = (rank + beyond) / 2;
    if (covers(middle)) rank = middle;
    else beyond = middle;
  }
  if (rank == 0) return std::nullopt;
  return rank;
}

std::optional<Interval> median_interval(std::vector<double> values, double alpha) {
  const auto k = interval_rank(values.size(), alpha);
  if (!k) return std::nullopt;
  std::sort(values.begin(), values.end());
  return Interval{values[*k - 1], values[values.size() - *k]};
}

double p_above(const std::vector<double>& values, double against) {
  const auto not_above = std::count_if(values.begin(), values.end(), [&](double v) { return v <= against; });
  return binomial_at_most(values.size(), static_cast<std::size_t>(not_above), 0.5);
}

double p_below(const std::vector<double>& values, double against) {
  const auto not_below = std::count_if(values.begin(), values.end(), [&](double v) { return v >= against; });
  return binomial_at_most(values.size(), static_cast<std::size_t>(not_below), 0.5);
}

double p_differs(const std::vector<double>& values) {
  return std::min(1.0, 2 * std::min(p_above(values, 0), p_below(values, 0)));
}

}  // namespace interleave
