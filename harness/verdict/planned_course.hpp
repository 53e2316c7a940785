// The trials of a plan, as long as they are needed: in its order, or those first that decide most in a given time.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/plan/course.hpp"
#include "harness/verdict/races.hpp"

namespace interleave {

// What comes first where a plan races. `nearest`: after a round of every load, and then the few after which who is far
// behind leaves, the cheapest load first, the next round is that of the load whose decision is nearest for what a round
// of it costs; so time that is short goes where it decides something. A round that was begun is finished first.
enum class First : std::uint8_t { planned, nearest };

class PlannedCourse final : public Course {
 public:
  explicit PlannedCourse(const Plan& plan, First first = First::planned);  // the plan must outlive it
  void add(const nlohmann::json& trial) override;
  std::optional<PlannedTrial> next() override;
  std::size_t planned() const override { return plan_.order.size(); }

 private:
  struct AtPoint {
    std::vector<std::size_t> trials;  // places in the order
    std::size_t at = 0;               // of the next, among them
    double spent_ns = 0;              // on those that are done
    std::size_t done = 0;
  };
  std::optional<PlannedTrial> next_at(std::size_t point);
  std::optional<PlannedTrial> nearest();

  const Plan& plan_;
  const First first_;
  Races races_;
  std::vector<bool> done_;
  std::vector<AtPoint> points_;
  std::size_t at_ = 0;
  std::optional<PlannedTrial> last_;
};

}  // namespace interleave
