// CellHistory out of runs, steps out of series.
// SPDX-License-Identifier: Apache-2.0
#include "harness/history/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/gate/sheet.hpp"
#include "harness/verdict/cells.hpp"
#include "harness/verdict/wrapped.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr std::size_t kFewestRuns = 10;  // five on either side: with fewer the rank test tells nothing at 1 %

std::vector<const StoredRun*> by_time(const std::vector<StoredRun>& runs) {
  std::vector<const StoredRun*> order;
  for (const StoredRun& run : runs) order.push_back(&run);
  std::stable_sort(order.begin(), order.end(),
                   [](const StoredRun* a, const StoredRun* b) { return a->plan.created < b->plan.created; });
  return order;
}

void add_cells(const StoredRun& run, std::size_t place, std::map<CellKey, CellHistory>& all) {
  const StoredCells cells = cells_of(run);
  for (const Point& point : run.plan.points) {
    for (const PlannedModel& model : run.plan.models) {
      const auto cell = cells.find({point.id, model.name});
      if (cell == cells.end() || cell->second.status != "valid" || point.ranks_by == RanksBy::none) continue;
      std::vector<double> values;
      for (const double value : cell->second.values) {
        if (std::isfinite(value)) values.push_back(value);
      }
      if (values.empty()) continue;
      CellHistory& series = all[cell->first];
      series.point = point.id;
      series.load = point.label;
      series.model = model.name;
      series.quantity = name_of(point.ranks_by);
      series.values.push_back({.run = place, .value = median_of(values)});
    }
  }
}

// In what the machine of a run differs from the first one's; a new kernel on the same one is part of its history.
std::string other_machine(const json& first, const json& other) {
  const auto fact = [](const json& environment, const char* key) {
    const json machine = environment.is_object() ? environment.value("machine", json()) : json();
    return machine.is_object() && machine.contains(key) ? machine[key].dump() : std::string("untold");
  };
  for (const char* const key : {"cpu", "cores"}) {
    if (fact(first, key) != fact(other, key))
      return fmt::format("another machine: {} {} instead of {}", key, fact(other, key), fact(first, key));
  }
  return "";
}

struct Step {
  const CellHistory* series;
  const ChangePoint* change;
  double size() const { return change->after - change->before; }
};

std::vector<Step> steps_of(const History& history) {
  std::vector<Step> steps;
  for (const CellHistory& series : history.series) {
    for (const ChangePoint& change : series.changes) steps.push_back({&series, &change});
  }
  std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.size() > b.size(); });
  return steps;
}

}  // namespace

History history_of(const std::vector<StoredRun>& runs, const ChangeRules& rules) {
  History history;
  std::map<CellKey, CellHistory> all;
  const std::vector<const StoredRun*> order = by_time(runs);
  for (const StoredRun* const run : order) {
    if (const auto why = other_machine(order.front()->environment, run->environment); !why.empty()) {
      history.left_out.push_back(fmt::format("{}: {}", run->name, why));
      continue;
    }
    add_cells(*run, history.runs.size(), all);
    history.runs.push_back({.name = run->name, .commit = run->plan.commit, .created = run->plan.created});
  }
  if (history.runs.size() < 2)
    throw std::invalid_argument("a history takes two runs or more of one machine" +
                                (history.left_out.empty() ? "" : "; left out: " + history.left_out.front()));
  std::size_t alone = 0;
  for (auto& [key, series] : all) {
    if (series.values.size() < 2) {
      ++alone;
      continue;
    }
    std::vector<double> logs;
    for (const HistoryPoint& each : series.values) logs.push_back(std::log(each.value));
    series.changes = change_points(logs, rules);
    history.series.push_back(std::move(series));
  }
  if (alone > 0) history.left_out.push_back(fmt::format("{} that one run alone has", cells_text(alone)));
  return history;
}

std::string text_of(const History& history, const ChangeRules& rules) {
  const std::vector<Step> steps = steps_of(history);
  std::string text =
      wrapped("",
              fmt::format("{} runs, {} to {}: {} series, {} of {:g} % or more.", history.runs.size(),
                          history.runs.front().created, history.runs.back().created, history.series.size(),
                          steps.size() == 1 ? "1 step" : fmt::format("{} steps", steps.size()), 100 * rules.least),
              0);
  for (const Step& step : steps) {
    const HistoryRun& last = history.runs[step.series->values[step.change->at - 1].run];
    const HistoryRun& first = history.runs[step.series->values[step.change->at].run];
    text += "\n" + wrapped("",
                           fmt::format("{}, {}, {}: {} from commit {} on", step.series->load, step.series->model,
                                       step.series->quantity, percent_text(std::exp(step.size())), first.commit),
                           2);
    text += wrapped(
        "  ", fmt::format("between {} ({}) and {} ({})", last.commit, last.created, first.commit, first.created), 4);
  }
  if (history.runs.size() < kFewestRuns)
    text += wrapped("", fmt::format("No step can be told of less than {} runs.", kFewestRuns), 0);
  if (!history.left_out.empty()) text += "\nleft out:\n";
  for (const std::string& line : history.left_out) text += wrapped("  ", line, 4);
  return text;
}

json json_of(const History& history) {
  json runs = json::array(), all = json::array();
  for (const HistoryRun& run : history.runs)
    runs.push_back({{"name", run.name}, {"commit", run.commit}, {"created", run.created}});
  for (const CellHistory& series : history.series) {
    json values = json::array(), changes = json::array();
    for (const HistoryPoint& each : series.values) values.push_back({{"run", each.run}, {"value", each.value}});
    for (const ChangePoint& change : series.changes)
      changes.push_back({{"at", change.at},
                         {"before", std::exp(change.before)},
                         {"after", std::exp(change.after)},
                         {"ratio", std::exp(change.after - change.before)}});
    all.push_back({{"point", series.point},
                   {"load", series.load},
                   {"model", series.model},
                   {"quantity", series.quantity},
                   {"values", std::move(values)},
                   {"changes", std::move(changes)}});
  }
  return {{"schema", 1}, {"runs", std::move(runs)}, {"series", std::move(all)}, {"left_out", history.left_out}};
}

}  // namespace interleave
