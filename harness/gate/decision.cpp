// Flags, confirmation, contamination.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/decision.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "harness/gate/signed_rank.hpp"
#include "harness/verdict/intervals.hpp"

namespace interleave {
namespace {

// Of the median of normal values, and of Hodges and Lehmann's estimate, in standard deviations of a mean.
constexpr double kOfMedian = 1.2533, kOfSignedRanks = 1.0233;
constexpr double kTests = 2;       // that share the error
constexpr double kMostEffect = 1;  // as a logarithm; who finds only more has found nothing
constexpr std::size_t kFewestForSpread = 5;
constexpr double kDoubt = 1.1;  // a deviation that few rounds show may be a tenth more

double median_of(std::span<const double> values) {
  return interleave::median_of(std::vector<double>(values.begin(), values.end()));
}

double two_sided_p(std::span<const double> values) {
  std::vector<double> turned(values.begin(), values.end());
  for (double& value : turned) value = -value;
  return std::min(1.0, 2 * std::min(signed_rank_p(values), signed_rank_p(turned)));
}

double quantile(double p) { return boost::math::quantile(boost::math::normal(), p); }

double median_error(std::span<const double> log_ratios) {
  return kOfMedian * spread_of(log_ratios) / std::sqrt(static_cast<double>(log_ratios.size()));
}

double level_of_a_test(std::size_t planned, const GateRules& rules) {
  return rules.error / static_cast<double>(std::max<std::size_t>(1, planned)) / kTests;
}

GateRules rules_of(const Judged& cell, const GateRules& rules) { return cell.is_tail ? of_tails(rules) : rules; }

// Of both tests together; 1 by one of them where its change is below the bar.
double p_of(const Rounds& rounds, const GateRules& rules) {
  const double bar = std::log1p(rules.bar);
  if (rounds.head.empty()) return 1;
  const double by_rounds = median_of(rounds.head) >= bar ? signed_rank_p(rounds.head) : 1;
  const double by_fast = fast_change(rounds.trials) >= bar ? fast_trials_p(rounds.trials) : 1;
  return std::min(1.0, kTests * std::min(by_rounds, by_fast));
}

template <class T>
std::vector<T> together(std::vector<T> one, const std::vector<T>& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

bool is_confirmed_by_rounds(const Rounds& rounds, const GateRules& rules) {
  if (rounds.confirming.empty() || signed_rank_p(rounds.confirming) > rules.error / kTests) return false;
  return median_of(rounds.confirming) >= std::log1p(rules.bar / 2) &&
         median_of(together(rounds.head, rounds.confirming)) >= std::log1p(rules.bar);
}

bool is_confirmed_by_fast_trials(const Rounds& rounds, const GateRules& rules) {
  if (fast_trials_p(rounds.fresh_trials) > rules.error / kTests) return false;
  return fast_change(rounds.fresh_trials) >= std::log1p(rules.bar / 2) &&
         fast_change(together(rounds.trials, rounds.fresh_trials)) >= std::log1p(rules.bar);
}

}  // namespace

GateRules of_tails(GateRules rules) {
  constexpr double kTimes = 5;
  rules.bar *= kTimes;
  rules.noise_limit *= kTimes;
  rules.promised *= kTimes;
  return rules;
}

Rounds turned(const Rounds& rounds) {
  Rounds other{.head = rounds.head,
               .base_pair = rounds.head_pair,
               .head_pair = rounds.base_pair,
               .confirming = {},
               .trials = rounds.trials,
               .fresh_trials = {}};
  for (double& ratio : other.head) ratio = -ratio;
  for (auto& [base, other_base, head, other_head] : other.trials) {
    std::swap(base, head);
    std::swap(other_base, other_head);
  }
  return other;
}

double spread_of(std::span<const double> log_ratios) {
  if (log_ratios.size() < 2) return 0;
  const double middle = median_of(log_ratios);
  std::vector<double> deviations;
  for (const double value : log_ratios) {
    const double deviation = std::abs(value - middle);
    deviations.push_back(std::isnan(deviation) ? 0 : deviation);
  }
  return 1.4826 * interleave::median_of(std::move(deviations));
}

bool is_hopeless(const Rounds& rounds, const GateRules& rules) {
  if (rounds.head.empty()) return false;
  const double bar = std::log1p(rules.bar);
  return median_of(rounds.head) + 2 * median_error(rounds.head) < bar &&
         (rounds.trials.empty() || fast_change(rounds.trials) + 2 * fast_change_error(rounds.trials) < bar);
}

std::vector<bool> flagged(const std::vector<Judged>& cells, std::size_t planned, const GateRules& rules) {
  std::vector<double> p;
  for (const Judged& cell : cells) p.push_back(p_of(*cell.rounds, rules_of(cell, rules)));
  return holm(p, planned, rules.error);
}

bool is_confirmed(const Rounds& rounds, const GateRules& rules) {
  return is_confirmed_by_rounds(rounds, rules) || is_confirmed_by_fast_trials(rounds, rules);
}

bool may_be_slower(const Rounds& rounds, const GateRules& rules) {
  constexpr double kLooks = 0.05;
  if (rounds.head.empty()) return false;
  if (signed_rank_p(rounds.head) > kLooks && fast_trials_p(rounds.trials) > kLooks) return false;
  const double of_rounds = median_error(rounds.head), of_fast = fast_change_error(rounds.trials);
  const double change = of_fast < of_rounds ? fast_change(rounds.trials) : median_of(rounds.head);
  return change + quantile(0.95) * std::min(of_fast, of_rounds) >= std::log1p(rules.promised);
}

bool pairs_are_off(const std::vector<Judged>& cells, std::size_t planned, const GateRules& rules) {
  std::vector<double> p;
  std::vector<bool> far;
  for (const Judged& cell : cells) {
    const double bar = std::log1p(rules_of(cell, rules).bar);
    for (const std::vector<double>* pair : {&cell.rounds->base_pair, &cell.rounds->head_pair}) {
      if (pair->empty()) continue;
      p.push_back(two_sided_p(*pair));
      far.push_back(std::abs(median_of(*pair)) >= bar);
    }
  }
  const std::vector<bool> differs = holm(p, std::max(p.size(), 2 * planned), rules.error);
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (differs[i] && far[i]) return true;
  }
  return false;
}

bool control_is_off(std::span<const double> log_ratios, std::size_t controls, const GateRules& rules) {
  return !log_ratios.empty() && std::abs(median_of(log_ratios)) > std::log1p(rules.control_bar) &&
         two_sided_p(log_ratios) <= rules.error / static_cast<double>(controls);
}

bool are_too_few(std::size_t rounds, std::size_t planned, const GateRules& rules) {
  return least_signed_rank_p(rounds) > level_of_a_test(planned, rules);
}

// Two things are asked of a slow-down: that the test finds it, and that the median reaches the bar. So far out in the
// tail the test is nearer to Student's than to the normal one.
std::optional<double> detectable(double spread, std::size_t planned, const GateRules& rules) {
  const double level = level_of_a_test(planned, rules);
  if (are_too_few(rules.rounds, planned, rules)) return std::nullopt;
  const double of_mean = spread / std::sqrt(static_cast<double>(rules.rounds)), often = quantile(0.95);
  const boost::math::students_t student(std::max(1.0, static_cast<double>(rules.rounds) - 1));
  const double by_test = (boost::math::quantile(student, 1 - level) + often) * kOfSignedRanks * of_mean;
  const double by_median = std::log1p(rules.bar) + often * kOfMedian * of_mean;
  return std::expm1(std::max(by_test, by_median));
}

std::optional<double> detectable(const Rounds& rounds, std::size_t planned, const GateRules& rules) {
  if (rounds.head.size() < kFewestForSpread) return std::nullopt;
  const auto by_rounds = detectable(kDoubt * spread_of(rounds.head), planned, rules);
  if (!by_rounds || rounds.trials.size() < 2) return by_rounds;
  const double share = static_cast<double>(rounds.trials.size()) / rules.rounds;
  const double by_quartile =
      std::log1p(rules.bar) + quantile(0.95) * kDoubt * fast_change_error(rounds.trials) * std::sqrt(share);
  if (by_quartile >= std::log1p(*by_rounds)) return by_rounds;
  const double by_fast =
      fast_change_found(rounds.trials, rules.rounds, level_of_a_test(planned, rules), by_quartile, kMostEffect);
  return std::min(*by_rounds, std::expm1(by_fast));
}

}  // namespace interleave
