// What is measured next, decided from what has been: a whole plan in its order, races, or a search.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "harness/plan/plan.hpp"

namespace interleave {

// The same trials, given in the same order, lead to the same next one: so a run that was interrupted goes on as if it
// had not been.
class Course {
 public:
  Course() = default;
  Course(const Course&) = delete;
  Course& operator=(const Course&) = delete;
  virtual ~Course() = default;

  // Is finished, in this sitting or an earlier one: a line of trials.jsonl.
  virtual void add(const nlohmann::json& trial) = 0;
  // None: it is over.
  virtual std::optional<PlannedTrial> next() = 0;
  // How many trials there will be in all, as far as can be told now.
  virtual std::size_t planned() const = 0;
};

}  // namespace interleave
