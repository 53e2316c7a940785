// The races of a run: which trials of its plan are still needed, as lines of trials.jsonl come in.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "harness/plan/plan.hpp"
#include "harness/verdict/racing.hpp"

namespace interleave {

// A point's race is over when it is decided; a model leaves it when it is shown to be behind. What has been decided
// stays, so that a run may be stopped, looked at and resumed at any time. Of a plan without racing every trial is
// needed.
class Races {
 public:
  explicit Races(const Plan& plan);

  // Of the trials of a point in the order of the plan.
  void add(const nlohmann::json& trial);
  bool needs(const PlannedTrial& trial) const;

  // Of the place of a point in the plan. Places of models are those in the plan.
  bool decided(std::size_t point) const;
  std::vector<std::size_t> in_the_race(std::size_t point) const;  // of those that were ever seen there
  // Of those that have not left, whether or not they were ever seen.
  std::size_t trials_of_a_round(std::size_t point) const;
  // How near a decision is: see Race::nearest().
  double nearest(std::size_t point) const { return points_[point].race.nearest(); }

 private:
  struct AtPoint {
    std::vector<std::size_t> models;  // that the plan has there
    Race race;
    std::uint32_t round = 0;
    std::size_t missing = 0;     // trials of this round
    std::vector<double> values;  // of this round
    std::vector<bool> seen;      // has ever had a value
  };
  void begin_round(AtPoint& at, std::uint32_t round) const;
  const Plan& plan_;
  std::vector<AtPoint> points_;
};

}  // namespace interleave
