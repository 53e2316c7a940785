// The trials of a plan, in its order, as long as they are needed.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/plan/course.hpp"
#include "harness/verdict/races.hpp"

namespace interleave {

class PlannedCourse final : public Course {
 public:
  explicit PlannedCourse(const Plan& plan);  // which must outlive it
  void add(const nlohmann::json& trial) override;
  std::optional<PlannedTrial> next() override;
  std::size_t planned() const override { return plan_.order.size(); }

 private:
  const Plan& plan_;
  Races races_;
  std::vector<bool> done_;
  std::size_t at_ = 0;
};

}  // namespace interleave
