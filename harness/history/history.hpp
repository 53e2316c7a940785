// Many runs of one machine in the order of their time: a series a cell, and where it steps.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/gate/stored_cells.hpp"
#include "harness/history/change_points.hpp"

namespace interleave {

struct HistoryPoint {
  std::size_t run = 0;  // place in History::runs
  double value = 0;     // median over its rounds: ns, or ns an item
};

struct CellHistory {
  std::string point, load, model, quantity;  // the point's id and label; what ranks there
  std::vector<HistoryPoint> values;          // in the order of time
  std::vector<ChangePoint> changes;          // `at` is a place in values; levels are logarithms
};

struct HistoryRun {
  std::string name, commit, created;
};

struct History {
  std::vector<HistoryRun> runs;
  std::vector<CellHistory> series;    // that have two values or more
  std::vector<std::string> left_out;  // runs and series, in a line each
};

// Runs of another machine than that of most are left out; loads of one name and different work are series of their
// own. `unread` are further lines of what is left out. Throws std::invalid_argument where less than two stay.
History history_of(const std::vector<StoredRun>& runs, const ChangeRules& rules, std::vector<std::string> unread = {});

// The steps, the slower ones first; at most 80 columns but where a name is longer.
std::string text_of(const History& history, const ChangeRules& rules);

// As docs/ci.md lays it down.
nlohmann::json json_of(const History& history);

}  // namespace interleave
