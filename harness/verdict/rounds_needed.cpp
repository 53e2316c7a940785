// Power of the sign test.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/rounds_needed.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "harness/verdict/intervals.hpp"

namespace interleave {
namespace {

constexpr std::uint32_t kMostRounds = 10'000;  // more than that is no advice

// P(X <= x), with sd 0 as well.
double share_below(double x, const Spread& spread) {
  if (!(spread.sd > 0)) return x >= spread.median ? 1 : 0;
  return boost::math::cdf(boost::math::normal(), (x - spread.median) / spread.sd);
}

// That the median of n values of which each is below a bound with probability q is not below it.
double median_reaches(std::uint32_t n, double q) {
  const double half = binomial_at_most(n, (n - 1) / 2, q);
  // Of an even count the two middle ones may lie on both sides of the bound: their mean is as often above as below.
  return n % 2 == 1 ? half : (half + binomial_at_most(n, n / 2, q)) / 2;
}

}  // namespace

Spread spread_of(const std::vector<double>& log_ratios) {
  const double median = median_of(log_ratios);
  std::vector<double> deviations;
  for (const double each : log_ratios) deviations.push_back(std::abs(each - median));
  return {median, 1.4826 * median_of(std::move(deviations))};
}

double power_to_settle(const Spread& spread, std::uint32_t n, const Bar& bar) {
  const auto rank = interval_rank(n, bar.alpha);
  if (!rank || !std::isfinite(spread.median) || !std::isfinite(spread.sd)) return 0;
  const Spread ahead{std::abs(spread.median), spread.sd};
  const double margin = std::log1p(bar.margin);
  // Both are likelier the better the rounds are, so together they are at least as likely as if they were independent.
  const double wins =
      binomial_at_most(n, *rank - 1, share_below(0, ahead)) * median_reaches(n, share_below(margin, ahead));
  const double low_inside = binomial_at_most(n, *rank - 1, share_below(-margin, ahead));
  const double high_inside = binomial_at_most(n, *rank - 1, 1 - share_below(margin, ahead));
  return wins + std::max(0.0, low_inside + high_inside - 1);
}

std::optional<std::uint32_t> rounds_needed(const std::vector<Spread>& pairs, const Bar& bar) {
  const auto enough = [&](std::uint32_t n) {
    double fails = 0;
    for (const Spread& pair : pairs) fails += 1 - power_to_settle(pair, n, bar);
    return fails <= 1 - kPower;
  };
  std::uint32_t high = 1;
  while (high < kMostRounds && !enough(high)) high = std::min(2 * high, kMostRounds);
  if (!enough(high)) return std::nullopt;
  std::uint32_t low = high / 2;
  while (high - low > 1) {
    const std::uint32_t middle = (low + high) / 2;
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

}  // namespace interleave
