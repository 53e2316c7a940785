// Cells, points and the whole map.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

#include "harness/judge/reason.hpp"
#include "harness/plan/profiles.hpp"
#include "harness/verdict/point_verdict.hpp"
#include "harness/verdict/sentence.hpp"

namespace interleave {
namespace {

using nlohmann::json;

struct Cell {
  std::string model;
  std::vector<double> values;
  std::uint32_t valid = 0, voided = 0, limited = 0;
  std::string first_void, skip;
  // Ranked only where at least half of its trials were what they should be.
  std::string status() const {
    if (!skip.empty()) return "skipped";
    return valid == 0 || voided > valid ? "void" : "valid";
  }
  bool never_run() const { return skip.empty() && valid == 0 && voided == 0; }
  std::string reason() const { return status() == "skipped" ? skip : never_run() ? "not run" : first_void; }
};

using Cells = std::map<std::string, std::map<std::string, Cell>>;  // point, model

const char* value_key(RanksBy ranks_by) {
  if (ranks_by == RanksBy::efficiency) return "efficiency";
  return ranks_by == RanksBy::makespan ? "makespan_ns" : "cpu_per_item_ns";  // one in flight: shown by CPU, not ranked
}

const char* unit_of(RanksBy ranks_by) {
  if (ranks_by == RanksBy::efficiency) return "1";
  return ranks_by == RanksBy::makespan ? "ns" : "ns/item";
}

Cells gather(const Plan& plan, const std::vector<json>& trials) {
  Cells cells;
  const auto empty = [&](const std::string& model) {
    return Cell{model, std::vector<double>(plan.rounds, kNoValue), 0, 0, 0, {}, {}};
  };
  for (const Point& point : plan.points) {
    for (const PlannedModel& model : plan.models) cells[point.id].emplace(model.name, empty(model.name));
  }
  for (const PlannedSkip& skip : plan.skips) {
    if (cells.contains(skip.point)) cells[skip.point][skip.model].skip = skip.reason;
  }
  std::map<std::string, RanksBy> ranks_by;
  for (const Point& point : plan.points) ranks_by[point.id] = point.ranks_by;
  for (const json& trial : trials) {
    const std::string point = trial.at("point");
    Cell& cell = cells.at(point).at(trial.at("model"));
    const std::string reason = trial.at("reasons").empty() ? "" : words_of(trial.at("reasons").front().get<Reason>());
    if (trial.at("verdict") == "valid") {
      ++cell.valid;
      cell.limited += trial.at("server_limited").get<bool>() ? 1 : 0;
      cell.values.at(trial.at("round")) = trial.at(value_key(ranks_by[point]));
    } else if (trial.at("verdict") == "void") {
      if (cell.voided++ == 0) cell.first_void = reason;
    } else {
      cell.skip = reason;
    }
  }
  return cells;
}

json number_or_null(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

json cell_json(const Cell& cell) {
  std::vector<double> present;
  json values = json::array();
  for (const double value : cell.values) {
    values.push_back(number_or_null(value));
    if (std::isfinite(value)) present.push_back(value);
  }
  const auto interval = median_interval(present, kFamilyError);
  return {{"model", cell.model},
          {"status", cell.status()},
          {"reason", cell.reason()},
          {"rounds_valid", cell.valid},
          {"rounds_void", cell.voided},
          {"median", present.empty() ? json(nullptr) : json(median_of(present))},
          {"low", interval ? json(interval->low) : json(nullptr)},
          {"high", interval ? json(interval->high) : json(nullptr)},
          {"values", values}};
}

json pair_json(const PairResult& pair, const std::vector<Contestant>& contestants) {
  return {{"a", contestants[pair.a].model},
          {"b", contestants[pair.b].model},
          {"median_ratio", pair.median_ratio},
          {"low", pair.interval ? json(pair.interval->low) : json(nullptr)},
          {"high", pair.interval ? json(pair.interval->high) : json(nullptr)},
          {"p", pair.p},
          {"rounds", pair.rounds}};
}

bool limited(const std::map<std::string, Cell>& cells) {
  return std::any_of(cells.begin(), cells.end(),
                     [](const auto& cell) { return 2 * cell.second.limited > cell.second.valid; });
}

json point_json(const Plan& plan, const Point& point, const std::map<std::string, Cell>& cells, PointVerdict& verdict) {
  std::vector<Contestant> contestants;
  std::vector<LeftOut> left_out;
  json cell_list = json::array();
  for (const PlannedModel& model : plan.models) {
    const Cell& cell = cells.at(model.name);
    cell_list.push_back(cell_json(cell));
    if (cell.status() == "valid") contestants.push_back({cell.model, cell.values});
    else left_out.push_back({cell.model, cell.never_run() ? "not run" : cell.status()});
  }
  verdict = decide(contestants, point.ranks_by != RanksBy::efficiency, plan.rounds, kRoundsToWin);
  if (point.ranks_by == RanksBy::none) verdict = {"none", {}, {}, {}, {}, 1, std::move(verdict.pairs)};
  json leaders = json::array(), pairs = json::array();
  for (const std::size_t leader : verdict.leaders) leaders.push_back(contestants[leader].model);
  for (const PairResult& pair : verdict.pairs) pairs.push_back(pair_json(pair, contestants));
  return {{"id", point.id},
          {"label", point.label},
          {"ranks_by", name_of(point.ranks_by)},
          {"unit", unit_of(point.ranks_by)},
          {"server_limited", limited(cells)},
          {"verdict", verdict.verdict},
          {"leaders", leaders},
          {"runner_up", verdict.runner_up ? json(contestants[*verdict.runner_up].model) : json(nullptr)},
          {"lead_percent", verdict.lead_percent ? json(*verdict.lead_percent) : json(nullptr)},
          {"rounds_needed", verdict.rounds_needed ? json(*verdict.rounds_needed) : json(nullptr)},
          {"sentence", sentence_for(point, verdict, contestants, left_out)},
          {"cells", cell_list},
          {"pairs", pairs}};
}

// As Benjamini and Hochberg reason: were all of `tested` tiles without a true difference, tested * p_max of them would
// be claimed all the same, p_max being the largest p among those that were.
double expected_wrong(const std::vector<double>& claimed, std::size_t tested) {
  if (claimed.empty()) return 0;
  const double worst = *std::max_element(claimed.begin(), claimed.end());
  return std::min(static_cast<double>(claimed.size()), static_cast<double>(tested) * worst);
}

}  // namespace

json verdict_of(const Plan& plan, const std::vector<json>& trials) {
  const Cells cells = gather(plan, trials);
  json points = json::array();
  std::vector<double> claimed;
  std::size_t tested = 0;
  for (const Point& point : plan.points) {
    PointVerdict verdict;
    points.push_back(point_json(plan, point, cells.at(point.id), verdict));
    tested += verdict.verdict != "none" && verdict.verdict != "single" ? 1 : 0;
    if (verdict.verdict == "wins" || verdict.verdict == "tie") claimed.push_back(verdict.p);
  }
  return {{"schema", 1},
          {"version", plan.version},
          {"profile", plan.profile},
          {"rounds", plan.rounds},
          {"trials_planned", plan.order.size()},
          {"trials_done", trials.size()},
          {"points", points},
          {"tiles", claimed.size()},
          {"expected_wrong_tiles", expected_wrong(claimed, tested)}};
}

void require_of_plan(const Plan& plan, const std::vector<json>& trials) try {
  std::vector<bool> seen(plan.order.size());
  for (const json& trial : trials) {
    const std::size_t number = trial.at("trial");
    if (number >= plan.order.size() || seen[number])
      throw std::invalid_argument(fmt::format("trial {} is not planned, or there twice", number));
    seen[number] = true;
    const PlannedTrial& planned = plan.order[number];
    if (trial.at("round") != planned.round || trial.at("point") != plan.points[planned.point].id ||
        trial.at("model") != plan.models[planned.model].name) {
      throw std::invalid_argument(fmt::format("trial {} is not the one that plan.json has", number));
    }
    for (const char* key : {"reasons", "verdict", "server_limited"}) trial.at(key);
  }
} catch (const json::exception& error) {
  throw std::invalid_argument(error.what());
}

std::string verdict_text(const json& verdict) { return verdict.dump(1) + "\n"; }

}  // namespace interleave
