// Bets on signs.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/racing.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

#include "harness/verdict/intervals.hpp"
#include "harness/verdict/point_verdict.hpp"

namespace interleave {
namespace {

// Whether `direction * value` is above the bound; on it counts against it.
std::vector<bool> signs_above(const std::vector<double>& values, double bound, double direction) {
  std::vector<bool> signs;
  signs.reserve(values.size());
  for (const double value : values) signs.push_back(direction * value > bound);
  return signs;
}

// The bet with p uniform on (least, 1]: 2^n / (1 - least) times the integral of p^k (1-p)^(n-k) from there, which is an
// incomplete beta function.
double log_wealth_from(double least, std::size_t k, std::size_t n) {
  const double a = static_cast<double>(k) + 1, b = static_cast<double>(n - k) + 1;
  const double log_beta = boost::math::lgamma(a) + boost::math::lgamma(b) - boost::math::lgamma(a + b);
  const double above = boost::math::ibetac(a, b, least);
  return static_cast<double>(n) * std::numbers::ln2 + log_beta + std::log(above / (1 - least));
}

// Of each value among all, 0 in the middle; equal values share theirs.
std::vector<double> centred_ranks(const std::vector<double>& values) {
  std::vector<double> ranks;
  for (const double value : values) {
    const auto below = std::count_if(values.begin(), values.end(), [&](double each) { return each < value; });
    const auto above = std::count_if(values.begin(), values.end(), [&](double each) { return each > value; });
    ranks.push_back(static_cast<double>(below - above) / 2);
  }
  return ranks;
}

}  // namespace

double log_wealth(std::size_t k, std::size_t n) { return log_wealth_from(0.5, k, n); }

double log_divided_wealth(std::size_t k, std::size_t n) {
  const double wide = log_wealth(k, n), bold = log_wealth_from(0.9, k, n);
  return std::max(wide, bold) + std::log1p(std::exp(-std::abs(wide - bold))) - std::numbers::ln2;
}

double log_far_wealth(std::size_t k, std::size_t n, double chance) {
  return (2 * static_cast<double>(k) - static_cast<double>(n)) * std::log((1 - chance) / chance);
}

double sign_correlation(const std::vector<double>& log_ratios) {
  const std::size_t n = log_ratios.size();
  if (n < 3) return 0;
  const std::vector<double> ranks = centred_ranks(log_ratios);
  double squares = 0, neighbours = 0;
  for (std::size_t i = 0; i < n; ++i) {
    squares += ranks[i] * ranks[i];
    if (i > 0) neighbours += ranks[i] * ranks[i - 1];
  }
  if (!(squares > 0)) return 0;
  const auto rounds = static_cast<double>(n);
  const double of_ranks = neighbours / squares * rounds / (rounds - 1) + 1 / rounds;
  return 2 / std::numbers::pi * std::asin(std::clamp(of_ranks, -1.0, 1.0));
}

Race::Race(std::size_t models, const RaceRules& rules) : rules_(rules), dropped_(models) {
  for (std::size_t a = 0; a < models; ++a) {
    for (std::size_t b = a + 1; b < models; ++b) {
      Pair pair;
      pair.a = a;
      pair.b = b;
      pairs_.push_back(std::move(pair));
    }
  }
}

void Race::add_round(const std::vector<double>& values) {
  for (Pair& pair : pairs_) {
    if (!both_in(pair)) continue;
    const auto ratio = log_ratio(values[pair.a], values[pair.b]);
    if (ratio) pair.log_ratios.push_back(*ratio);
  }
  look();
}

void Race::look() {
  worth_ = worth_of_rounds();
  std::vector<bool> behind(dropped_.size());
  for (Pair& pair : pairs_) {
    if (!both_in(pair) || pair.tied) continue;
    if (is_far_ahead(pair, 1)) behind[pair.b] = true;
    if (is_far_ahead(pair, -1)) behind[pair.a] = true;
    if (pair.log_ratios.size() < rules_.least_rounds) continue;
    pair.tied = is_tie(pair);
    if (pair.tied) continue;
    if (is_ahead(pair, 1)) behind[pair.b] = true;
    if (is_ahead(pair, -1)) behind[pair.a] = true;
  }
  drop(behind);
}

void Race::end() {
  worth_ = worth_of_rounds();
  std::vector<bool> behind(dropped_.size());
  for (Pair& pair : pairs_) {
    if (!both_in(pair) || pair.tied || pair.log_ratios.size() < rules_.least_rounds) continue;
    pair.tied = is_tie_at_last(pair);
    if (is_ahead_at_last(pair, 1)) behind[pair.b] = true;
    if (is_ahead_at_last(pair, -1)) behind[pair.a] = true;
  }
  drop(behind);
}

void Race::drop(const std::vector<bool>& behind) {
  for (std::size_t i = 0; i < behind.size(); ++i) {
    if (behind[i]) dropped_[i] = true;
  }
}

// All pairs together tell it better than one, and noise that comes in episodes comes to all of them. Of signs with
// correlation r from each to the next, n are worth n (1-r) / (1+r) independent ones.
double Race::worth_of_rounds() const {
  double sum = 0, pairs = 0, rounds = 0;
  for (const Pair& pair : pairs_) {
    if (!both_in(pair)) continue;
    sum += sign_correlation(pair.log_ratios);
    rounds += static_cast<double>(pair.log_ratios.size());
    pairs += 1;
  }
  if (!(rounds > 0)) return 1;
  const double correlation = std::min(sum / pairs, 0.9);
  // The pairs of m models are made of m-1 independent ratios.
  const double independent = rounds / pairs * static_cast<double>(in_the_race().size() - 1);
  const bool shown = correlation - rules_.doubt / std::sqrt(independent) > rules_.most_correlation;
  return shown ? (1 - correlation) / (1 + correlation) : 1;
}

// Where a round is worth less than one, so is the logarithm of what was won in it. That takes from every wealth above
// 1, so on independent rounds the error is only less.
bool Race::has_wealth(const std::vector<bool>& signs, double alpha) const {
  const auto k = static_cast<std::size_t>(std::count(signs.begin(), signs.end(), true));
  return worth_ * log_divided_wealth(k, signs.size()) >= -std::log(alpha);
}

// Claims wrong only those that are truly as good as the best, so an error is shared by the models and not by all pairs.
bool Race::is_ahead(const Pair& pair, double sign) const {
  if (sign * median_of(pair.log_ratios) < std::log1p(rules_.margin)) return false;
  const double share = 1 - rules_.ties_share - rules_.far_share - rules_.last_share;
  const double alpha = rules_.error * share / static_cast<double>(dropped_.size());
  return has_wealth(signs_above(pair.log_ratios, 0, sign), alpha);
}

// What a round shows of two that are alike is rarely as much as this, so few rounds tell it; that one of them alone
// does not keep up is less rare, for a disturbed machine loses rounds to either. Each of the two bets has half of the
// share. Nothing is taken off for rounds that hang together: the chances are bounds on every round, whatever came
// before it.
bool Race::is_far_ahead(const Pair& pair, double sign) const {
  const std::size_t n = pair.log_ratios.size();
  const double far = std::log(rules_.far);
  if (n < rules_.least_far_rounds || sign * median_of(pair.log_ratios) < far) return false;
  std::size_t by_far = 0, by_loss = 0;
  for (const double ratio : pair.log_ratios) {
    if (sign * ratio == HUGE_VAL) ++by_loss;
    else if (sign * ratio >= far) ++by_far;
  }
  const double alpha = rules_.error * rules_.far_share / 2 / static_cast<double>(dropped_.size());
  return std::max(log_far_wealth(by_far, n, rules_.far_by_chance), log_far_wealth(by_loss, n, rules_.lost_by_chance)) >=
         -std::log(alpha);
}

// Of the two margins a ratio can lie beyond but one, so each may have the whole share of the pair.
bool Race::is_tie(const Pair& pair) const {
  const double margin = std::log1p(rules_.margin);
  if (std::abs(median_of(pair.log_ratios)) >= margin) return false;
  const double alpha = rules_.error * rules_.ties_share / static_cast<double>(pairs_.size());
  return has_wealth(signs_above(pair.log_ratios, -margin, 1), alpha) &&
         has_wealth(signs_above(pair.log_ratios, -margin, -1), alpha);
}

// The sign test, with as many rounds as those that hang together are worth.
bool Race::has_counted(const std::vector<bool>& signs, double alpha) const {
  const auto worth = [&](std::ptrdiff_t rounds) {
    return static_cast<std::size_t>(worth_ * static_cast<double>(rounds));
  };
  const std::size_t n = worth(static_cast<std::ptrdiff_t>(signs.size()));
  const std::size_t k = worth(std::count(signs.begin(), signs.end(), true));
  return binomial_at_most(n, n - k, 0.5) <= alpha;
}

bool Race::is_ahead_at_last(const Pair& pair, double sign) const {
  if (sign * median_of(pair.log_ratios) < std::log1p(rules_.margin)) return false;
  const double alpha = rules_.error * rules_.last_share / 2 / static_cast<double>(dropped_.size());
  return has_counted(signs_above(pair.log_ratios, 0, sign), alpha);
}

bool Race::is_tie_at_last(const Pair& pair) const {
  const double margin = std::log1p(rules_.margin);
  if (std::abs(median_of(pair.log_ratios)) >= margin) return false;
  const double alpha = rules_.error * rules_.last_share / 2 / static_cast<double>(pairs_.size());
  return has_counted(signs_above(pair.log_ratios, -margin, 1), alpha) &&
         has_counted(signs_above(pair.log_ratios, -margin, -1), alpha);
}

double Race::nearest() const {
  double nearest = 0;
  for (const Pair& pair : pairs_) {
    if (!both_in(pair) || pair.tied) continue;
    for (const double sign : {1.0, -1.0}) {
      const std::vector<bool> signs = signs_above(pair.log_ratios, 0, sign);
      const auto k = static_cast<std::size_t>(std::count(signs.begin(), signs.end(), true));
      if (!signs.empty()) nearest = std::max(nearest, worth_ * log_divided_wealth(k, signs.size()));
    }
  }
  return nearest;
}

std::vector<std::size_t> Race::in_the_race() const {
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < dropped_.size(); ++i) {
    if (!dropped_[i]) left.push_back(i);
  }
  return left;
}

std::optional<std::size_t> Race::winner() const {
  const auto left = in_the_race();
  if (left.size() != 1 || dropped_.size() < 2) return std::nullopt;
  return left.front();
}

bool Race::tied(std::size_t a, std::size_t b) const {
  return std::any_of(pairs_.begin(), pairs_.end(), [&](const Pair& pair) {
    return pair.tied && pair.a == std::min(a, b) && pair.b == std::max(a, b);
  });
}

bool Race::decided() const {
  return std::all_of(pairs_.begin(), pairs_.end(), [&](const Pair& pair) { return pair.tied || !both_in(pair); });
}

}  // namespace interleave
