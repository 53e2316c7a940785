// What became of each model at each load, out of the trials.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/judge/reason.hpp"
#include "harness/plan/plan.hpp"
#include "harness/verdict/point_verdict.hpp"

namespace interleave {

// Rounds of a cell that have no value of their own, for one kind of reason.
struct LeftOutRounds {
  std::string kind;  // void, unsustained (void for nothing but that), slow (valid, but not kept up), skipped, too_slow
  Reason first;
  std::uint32_t rounds = 0;  // 0 where it was skipped when planning
};

// One model at one load.
struct Cell {
  std::string model, family;
  std::vector<double> values;  // one a round, kNoValue and kLost among them
  std::uint32_t valid = 0, limited = 0;
  std::vector<LeftOutRounds> left_out;  // in the order of rounds

  void leave_out(const std::string& kind, const Reason& reason, std::uint32_t rounds);
  std::uint32_t rounds_left_out(const std::string& kind) const;
  // "too_slow" where patience ran out or more than half of the valid rounds were slow, "skipped" or "void" where more
  // rounds were that than valid, else "valid": such a cell is ranked. "not_run" without a trial.
  std::string status() const;
  Reason reason() const;  // for its status; of a valid cell, why its first round was left out, if one was
};

using Cells = std::map<std::string, std::map<std::string, Cell>>;  // point, model; those of plan.skips, too

const char* value_key(RanksBy ranks_by);
// Who does not reach it is too slow for the load, however cheap.
inline constexpr double kKeepsUp = 0.95;  // efficiency, of the load's ideal

// Of one trial: what it ranks by, kLost where the model did not keep the load up or is too slow for the profile, else
// kNoValue.
double value_of(const nlohmann::json& trial, RanksBy ranks_by);

// Trials in any order.
Cells gather(const Plan& plan, const std::vector<nlohmann::json>& trials);

// As docs/design.md lays a cell of verdict.json down.
nlohmann::json cell_json(const Cell& cell);

// The number there; 0 where there is none.
double number_at(const nlohmann::json& from, const char* pointer);

// JSON has no NaN and no infinity.
nlohmann::json number_or_null(double value);

}  // namespace interleave
