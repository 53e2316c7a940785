// Going through a plan.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/planned_course.hpp"

namespace interleave {

PlannedCourse::PlannedCourse(const Plan& plan) : plan_(plan), races_(plan), done_(plan.order.size()) {}

void PlannedCourse::add(const nlohmann::json& trial) {
  done_.at(trial.at("trial")) = true;
  races_.add(trial);
}

// What is needed no more stays so: races only ever lose models.
std::optional<PlannedTrial> PlannedCourse::next() {
  for (; at_ < plan_.order.size(); ++at_) {
    if (!done_[at_] && races_.needs(plan_.order[at_])) return plan_.order[at_];
  }
  return std::nullopt;
}

}  // namespace interleave
