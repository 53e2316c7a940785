// One search for each model on each ladder, in turns, so that a bad minute of the machine hits a trial of each.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <vector>

#include "harness/limits/search.hpp"
#include "harness/plan/course.hpp"

namespace interleave {

// Whether a trial kept up with a rung, and if not, why.
struct RungAnswer {
  bool holds = false;
  bool is_sure = false;  // another trial would say the same
  bool counts = true;    // false: it tells of the machine, or of a fault, and not of the load
  // "too_slow", "lag", "overloaded", "unsustained", "refused"; "" where it holds.
  std::string ended_by{};
  std::string text{};           // for people
  bool at_servers_end = false;  // the server was busy or late, and the model's cores were not to the full
  double short_by = 0;          // how many times as good it would have to be
};
RungAnswer answer_of(const Plan& plan, const PlannedLadder& ladder, const nlohmann::json& trial);

class LimitsCourse final : public Course {
 public:
  explicit LimitsCourse(const Plan& plan);  // which must outlive it
  void add(const nlohmann::json& trial) override;
  std::optional<PlannedTrial> next() override;
  std::size_t planned() const override;

  // None: the model runs no rung of it.
  const Search* search(std::size_t ladder, std::size_t model) const;
  // It is done, or given up.
  bool is_over(std::size_t ladder, std::size_t model) const;

 private:
  struct Climb {
    std::size_t ladder, model;
    Search search;
    std::size_t lost = 0;    // trials that did not count: after some the model is left alone
    std::size_t trials = 0;  // that were any of its
    std::size_t last = 0;    // how many trials there had been, with its last one; 0: it had none
  };
  const Climb* climb(std::size_t ladder, std::size_t model) const;
  bool is_over(const Climb& climb) const;
  PlannedTrial next_of(const Climb& climb) const;

  const Plan& plan_;
  std::vector<Climb> climbs_;
  std::size_t done_ = 0;
  std::map<std::string, std::size_t> point_at_, model_at_;
  std::map<std::pair<std::size_t, std::size_t>, std::uint32_t> rounds_;  // of a point and a model
};

}  // namespace interleave
