// Two stored runs side by side, cell by cell: slower, faster, the same, or not told apart; and whether that may pass.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/gate/mann_whitney.hpp"
#include "harness/gate/stored_cells.hpp"

namespace interleave {

enum class CellVerdict : std::uint8_t { slower, faster, same, unresolved };
std::string_view name_of(CellVerdict verdict) noexcept;

// The error of all cells together: that one interval or more does not hold its true ratio.
inline constexpr double kComparisonError = 0.05;

struct ComparedCell {
  std::string point, load, model, quantity;  // load: the point's label
  CellVerdict verdict = CellVerdict::unresolved;
  RatioOfGroups ratio{};       // new / base of costs: above 1 is slower
  bool may_be_slower = false;  // by the margin or more, for all that its interval says
  std::string note{};          // where the verdict does not come from the ratio
};

// A cell that one run has and the other has not, or is void there.
struct Gap {
  std::string point, load, model;
  std::string what;  // "void in NEW: oracle: ..."
};

struct Comparison {
  double margin = 0.05;                 // of --fail-over
  double level_percent = 95;            // of each interval: all hold at once in 95 %
  std::size_t rounds_for_interval = 0;  // on each side
  std::vector<ComparedCell> cells;      // in the order of base's plan
  std::vector<Gap> gaps;
  std::vector<std::string> left_out;     // cells that neither run has a value of, in a line each
  std::vector<std::string> differences;  // of machine, build and seed

  std::size_t count(CellVerdict verdict) const;
};

// The verdict of an interval: slower or faster where it lies beyond the margin, the same where it lies within.
CellVerdict verdict_of(const std::optional<Interval>& interval, double margin);

Comparison compare(const StoredRun& base, const StoredRun& fresh, double margin);

// As an exit status (0 pass, 1 regression, 4 gaps, 3 inconclusive: nothing was compared, or a cell may be slower), the
// first of 1, 4, 3 that applies.
int status_of(const Comparison& comparison);

}  // namespace interleave
