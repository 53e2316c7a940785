// Going through a plan.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/planned_course.hpp"

#include <utility>

namespace interleave {
namespace {

constexpr std::uint32_t kFirstRounds = RaceRules().least_far_rounds;  // before them nobody leaves, however far behind

}  // namespace

PlannedCourse::PlannedCourse(const Plan& plan, First first)
    : plan_(plan),
      first_(plan.racing ? first : First::planned),
      races_(plan),
      done_(plan.order.size()),
      points_(plan.points.size()) {
  for (const PlannedTrial& trial : plan.order) points_[trial.point].trials.push_back(trial.trial);
}

void PlannedCourse::add(const nlohmann::json& trial) {
  const std::size_t number = trial.at("trial");
  done_.at(number) = true;
  races_.add(trial);
  last_ = plan_.order[number];
  AtPoint& at = points_[last_->point];
  ++at.done;
  at.spent_ns += trial.value("wall_ns", 0.0);
}

std::optional<PlannedTrial> PlannedCourse::next() {
  if (first_ == First::nearest) return nearest();
  // What is needed no more stays so: races only ever lose models.
  for (; at_ < plan_.order.size(); ++at_) {
    if (!done_[at_] && races_.needs(plan_.order[at_])) return plan_.order[at_];
  }
  return std::nullopt;
}

std::optional<PlannedTrial> PlannedCourse::next_at(std::size_t point) {
  AtPoint& at = points_[point];
  for (; at.at < at.trials.size(); ++at.at) {
    const PlannedTrial& trial = plan_.order[at.trials[at.at]];
    if (!done_[trial.trial] && races_.needs(trial)) return trial;
  }
  return std::nullopt;
}

std::optional<PlannedTrial> PlannedCourse::nearest() {
  if (last_) {
    const auto next = next_at(last_->point);
    if (next && next->round == last_->round) return next;
  }
  std::optional<PlannedTrial> best;
  std::pair most{false, -1.0};  // whether it is one of its first rounds, and what that is worth
  for (std::size_t point = 0; point < points_.size(); ++point) {
    const auto next = next_at(point);
    if (!next) continue;
    const AtPoint& at = points_[point];
    if (at.done == 0) return next;
    // As much as a bettor who begins has, so that what is cheap is looked at sooner.
    constexpr double kAtTheStart = 0.5;
    const bool is_ranked = plan_.points[point].ranks_by != RanksBy::none, is_early = next->round < kFirstRounds;
    const bool may_be_decided = is_ranked && (is_early || !races_.in_the_race(point).empty());  // or all are void
    const double near = may_be_decided ? kAtTheStart + (is_early ? 0 : races_.nearest(point)) : 0;
    const double a_trial = at.spent_ns / static_cast<double>(at.done);
    const std::pair worth{is_ranked && is_early,
                          near / (1 + a_trial * static_cast<double>(races_.trials_of_a_round(point)))};
    if (worth > most) {
      most = worth;
      best = next;
    }
  }
  return best;
}

}  // namespace interleave
