// Rounds put together out of trials.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/races.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/verdict/cells.hpp"
#include "harness/verdict/point_verdict.hpp"

namespace interleave {

using nlohmann::json;

Races::Races(const Plan& plan) : plan_(plan) {
  std::vector<std::vector<std::size_t>> models(plan.points.size());
  for (const PlannedTrial& trial : plan.order) {
    auto& there = models[trial.point];
    if (std::find(there.begin(), there.end(), trial.model) == there.end()) there.push_back(trial.model);
  }
  for (std::size_t point = 0; point < models.size(); ++point) {
    auto& there = models[point];
    const RanksBy by = plan.points[point].ranks_by;
    RaceRules rules{.error = kPointError, .margin = judging_of(plan.profile, by).margin};
    // A round's p99 of two that are alike is often twice the other's; who never keeps up is infinitely worse.
    if (by == RanksBy::latency) rules.far = std::numeric_limits<double>::infinity();
    AtPoint at{
        .models = there, .race = Race(there.size(), rules), .values = {}, .seen = std::vector<bool>(there.size())};
    begin_round(at, 0);
    points_.push_back(std::move(at));
  }
}

void Races::begin_round(AtPoint& at, std::uint32_t round) const {
  at.round = round;
  at.values.assign(at.models.size(), kNoValue);
  at.missing = at.race.in_the_race().size();
}

void Races::add(const json& trial) {
  const PlannedTrial& planned = plan_.order.at(trial.at("trial").get<std::size_t>());
  AtPoint& at = points_[planned.point];
  const RanksBy by = plan_.points[planned.point].ranks_by;
  if (!plan_.racing || by == RanksBy::none || decided(planned.point)) return;
  const auto place =
      static_cast<std::size_t>(std::find(at.models.begin(), at.models.end(), planned.model) - at.models.begin());
  const std::vector<std::size_t> left = at.race.in_the_race();
  if (std::find(left.begin(), left.end(), place) == left.end()) return;
  if (planned.round < at.round) return;  // run again, for its line was damaged: that round is over
  if (planned.round > at.round) begin_round(at, planned.round);  // a trial of the last one is missing: it is no round
  const double value = value_of(trial, by);
  at.values[place] = value;
  if (!std::isnan(value)) at.seen[place] = true;
  if (--at.missing > 0) return;
  at.race.add_round(at.values);
  if (at.round + 1 == plan_.rounds) at.race.end();
  begin_round(at, at.round + 1);
}

std::vector<std::size_t> Races::in_the_race(std::size_t point) const {
  const AtPoint& at = points_[point];
  std::vector<std::size_t> left;
  for (const std::size_t place : at.race.in_the_race()) {
    if (at.seen[place]) left.push_back(at.models[place]);
  }
  return left;
}

std::size_t Races::trials_of_a_round(std::size_t point) const { return points_[point].race.in_the_race().size(); }

bool Races::decided(std::size_t point) const {
  const AtPoint& at = points_[point];
  std::vector<std::size_t> left;
  for (const std::size_t place : at.race.in_the_race()) {
    if (at.seen[place]) left.push_back(place);
  }
  if (left.size() == 1) return at.models.size() > 1 && at.round >= RaceRules().least_rounds;
  for (std::size_t i = 0; i < left.size(); ++i) {
    for (std::size_t j = i + 1; j < left.size(); ++j) {
      if (!at.race.tied(left[i], left[j])) return false;
    }
  }
  return !left.empty();
}

bool Races::needs(const PlannedTrial& trial) const {
  if (!plan_.racing || plan_.points[trial.point].ranks_by == RanksBy::none) return true;
  if (decided(trial.point)) return false;
  const AtPoint& at = points_[trial.point];
  const std::vector<std::size_t> left = at.race.in_the_race();
  return std::any_of(left.begin(), left.end(), [&](std::size_t place) { return at.models[place] == trial.model; });
}

}  // namespace interleave
