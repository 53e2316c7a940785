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

double median_of(std::span<const double> values) {
  return interleave::median_of(std::vector<double>(values.begin(), values.end()));
}

double two_sided_p(std::span<const double> values) {
  std::vector<double> turned(values.begin(), values.end());
  for (double& value : turned) value = -value;
  return std::min(1.0, 2 * std::min(signed_rank_p(values), signed_rank_p(turned)));
}

double quantile(double p) { return boost::math::quantile(boost::math::normal(), p); }

}  // namespace

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

bool is_hopeless(std::span<const double> log_ratios, const GateRules& rules) {
  if (log_ratios.empty()) return false;
  const double error = kOfMedian * spread_of(log_ratios) / std::sqrt(static_cast<double>(log_ratios.size()));
  return median_of(log_ratios) + 2 * error < std::log1p(rules.bar);
}

std::vector<bool> flagged(const std::vector<std::span<const double>>& cells, std::size_t planned,
                          const GateRules& rules) {
  std::vector<double> p;
  for (const auto& cell : cells) p.push_back(cell.empty() ? 1 : signed_rank_p(cell));
  std::vector<bool> flags = holm(p, planned, rules.error);
  for (std::size_t i = 0; i < cells.size(); ++i) flags[i] = flags[i] && median_of(cells[i]) >= std::log1p(rules.bar);
  return flags;
}

bool is_confirmed(const Rounds& rounds, const GateRules& rules) {
  if (rounds.confirming.empty() || signed_rank_p(rounds.confirming) > rules.error) return false;
  std::vector<double> all = rounds.head;
  all.insert(all.end(), rounds.confirming.begin(), rounds.confirming.end());
  return median_of(rounds.confirming) >= std::log1p(rules.bar / 2) && median_of(all) >= std::log1p(rules.bar);
}

bool pairs_are_off(const std::vector<const Rounds*>& cells, std::size_t planned, const GateRules& rules) {
  std::vector<double> p;
  std::vector<bool> far;
  for (const Rounds* const cell : cells) {
    for (const std::vector<double>* pair : {&cell->base_pair, &cell->head_pair}) {
      if (pair->empty()) continue;
      p.push_back(two_sided_p(*pair));
      far.push_back(std::abs(median_of(*pair)) >= std::log1p(rules.bar));
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

// Two things are asked of a slow-down: that the test finds it, and that the median reaches the bar. So far out in the
// tail the test is nearer to Student's than to the normal one.
std::optional<double> detectable(double spread, std::size_t planned, const GateRules& rules) {
  const double level = rules.error / static_cast<double>(std::max<std::size_t>(1, planned));
  if (least_signed_rank_p(rules.rounds) > level) return std::nullopt;
  const double of_mean = spread / std::sqrt(static_cast<double>(rules.rounds)), often = quantile(0.95);
  const boost::math::students_t student(std::max(1.0, static_cast<double>(rules.rounds) - 1));
  const double by_test = (boost::math::quantile(student, 1 - level) + often) * kOfSignedRanks * of_mean;
  const double by_median = std::log1p(rules.bar) + often * kOfMedian * of_mean;
  return std::expm1(std::max(by_test, by_median));
}

}  // namespace interleave
