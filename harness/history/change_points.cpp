// Noise, stretches, steps.
// SPDX-License-Identifier: Apache-2.0
#include "harness/history/change_points.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/gate/mann_whitney.hpp"
#include "harness/verdict/intervals.hpp"

namespace interleave {
namespace {

using Places = std::vector<std::size_t>;  // of the first figures of stretches, the series' first not among them

double median(std::span<const double> values) { return median_of({values.begin(), values.end()}); }

// The mean distance from the level, by the median of what neighbours differ by, which steps do not change. At least a
// twentieth of the smallest step that is told: no series is as smooth as figures that happen to be equal.
double noise_of(std::span<const double> series, double least) {
  constexpr double kNormal = 0.954;         // median difference of two neighbours, in standard deviations
  constexpr double kMeanDistance = 0.7979;  // in standard deviations
  std::vector<double> differences;
  for (std::size_t i = 1; i < series.size(); ++i) differences.push_back(std::abs(series[i] - series[i - 1]));
  return std::max(least / 20, differences.empty() ? 0 : median_of(differences) / kNormal * kMeanDistance);
}

// Sums of distances to the median of each stretch from `from` on, by its length.
std::vector<double> distances_from(std::span<const double> series, std::size_t from) {
  std::vector<double> sorted, sums{0};
  for (std::size_t i = from; i < series.size(); ++i) {
    sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), series[i]), series[i]);
    const double middle = sorted[sorted.size() / 2];
    double sum = 0;
    for (const double value : sorted) sum += std::abs(value - middle);
    sums.push_back(sum);
  }
  return sums;
}

Places best_stretches(std::span<const double> series, const ChangeRules& rules) {
  const std::size_t n = series.size();
  const double noise = noise_of(series, rules.least), price = 3 * std::log(static_cast<double>(n));
  std::vector<double> cost(n + 1, std::numeric_limits<double>::infinity());  // of the first so many figures
  std::vector<std::size_t> last(n + 1, 0);                                   // where their last stretch begins
  cost[0] = 0;
  for (std::size_t from = 0; from + rules.shortest <= n; ++from) {
    if (std::isinf(cost[from])) continue;
    const std::vector<double> sums = distances_from(series, from);
    for (std::size_t length = rules.shortest; from + length <= n; ++length) {
      const double sum = cost[from] + sums[length] / noise + price;
      if (sum >= cost[from + length]) continue;
      cost[from + length] = sum;
      last[from + length] = from;
    }
  }
  Places places;
  for (std::size_t at = last[n]; at > 0; at = last[at]) places.push_back(at);
  std::reverse(places.begin(), places.end());
  return places;
}

struct Sides {
  std::span<const double> before, after;
};

Sides sides_of(std::span<const double> series, const Places& places, std::size_t i) {
  const std::size_t begins = i == 0 ? 0 : places[i - 1], ends = i + 1 == places.size() ? series.size() : places[i + 1];
  return {series.subspan(begins, places[i] - begins), series.subspan(places[i], ends - places[i])};
}

double size_of(const Sides& sides) { return std::abs(median(sides.after) - median(sides.before)); }

bool are_told_apart(const Sides& sides, const ChangeRules& rules) {
  if (size_of(sides) < rules.least) return false;
  std::vector<double> after, before;
  for (const double log : sides.after) after.push_back(std::exp(log));
  for (const double log : sides.before) before.push_back(std::exp(log));
  const auto interval = ratio_of_groups(after, before, rules.error).interval;
  return interval && (interval->low > 1 || interval->high < 1);
}

// The smallest first: what it separated may be told from the next.
void join_what_is_alike(std::span<const double> series, const ChangeRules& rules, Places& places) {
  while (true) {
    std::size_t smallest = places.size();
    double size = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < places.size(); ++i) {
      const Sides sides = sides_of(series, places, i);
      if (size_of(sides) >= size || are_told_apart(sides, rules)) continue;
      smallest = i;
      size = size_of(sides);
    }
    if (smallest == places.size()) return;
    places.erase(places.begin() + static_cast<std::ptrdiff_t>(smallest));
  }
}

}  // namespace

std::vector<ChangePoint> change_points(std::span<const double> series, const ChangeRules& rules) {
  if (series.size() < 2 * rules.shortest) return {};
  Places places = best_stretches(series, rules);
  join_what_is_alike(series, rules, places);
  std::vector<ChangePoint> found;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Sides sides = sides_of(series, places, i);
    found.push_back({.at = places[i], .before = median(sides.before), .after = median(sides.after)});
  }
  return found;
}

}  // namespace interleave
