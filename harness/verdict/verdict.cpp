// Points and the whole map.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

#include "harness/plan/ranked_quantity.hpp"
#include "harness/verdict/cells.hpp"
#include "harness/verdict/families.hpp"
#include "harness/verdict/family_sentences.hpp"
#include "harness/verdict/point_verdict.hpp"
#include "harness/verdict/races.hpp"
#include "harness/verdict/rounds_needed.hpp"
#include "harness/verdict/sentence.hpp"

namespace interleave {
namespace {

using nlohmann::json;

// To the digits that matter, so that 99.64285714285714 is no noise in the file.
double percent(double share) { return std::round(1e6 * share) / 1e4; }

// Lost rounds leave a ratio without an end: 0 or infinity, and readers divide by it.
json ratio_or_null(double ratio) { return ratio > 0 ? number_or_null(ratio) : json(nullptr); }

json pair_json(const PairResult& pair, const std::vector<Contestant>& contestants) {
  return {{"a", contestants[pair.a].model},
          {"b", contestants[pair.b].model},
          {"median_ratio", ratio_or_null(pair.median_ratio)},
          {"low", pair.interval ? ratio_or_null(pair.interval->low) : json(nullptr)},
          {"high", pair.interval ? ratio_or_null(pair.interval->high) : json(nullptr)},
          {"level_percent", pair.interval ? json(percent(pair.level)) : json(nullptr)},
          {"p", pair.p},
          {"rounds", pair.rounds}};
}

// A load that was dropped when planning: nothing but the skips that name it knows of it.
bool is_dropped(const Point& point) { return point.load.workload.empty(); }

std::vector<Point> points_of(const Plan& plan) {
  std::vector<Point> points = plan.points;
  for (const PlannedSkip& skip : plan.skips) {
    const auto same = [&](const Point& point) { return point.id == skip.point; };
    if (std::any_of(points.begin(), points.end(), same)) continue;
    Point dropped;
    dropped.id = dropped.label = dropped.series = skip.point;
    points.push_back(std::move(dropped));
  }
  return points;
}

bool limited(const std::map<std::string, Cell>& cells) {
  return std::any_of(cells.begin(), cells.end(),
                     [](const auto& cell) { return 2 * cell.second.limited > cell.second.valid; });
}

// Of the contestants, who is left; none where the plan does not race.
std::optional<Standing> standing_of(const std::vector<Contestant>& contestants, const Plan& plan, const Races& races,
                                    const Point& point) {
  const auto place = static_cast<std::size_t>(
      std::find_if(plan.points.begin(), plan.points.end(), [&](const Point& each) { return each.id == point.id; }) -
      plan.points.begin());
  if (!plan.racing || place == plan.points.size()) return std::nullopt;
  Standing standing{.left = {}, .decided = races.decided(place)};
  for (const std::size_t model : races.in_the_race(place)) {
    const auto is = [&](const Contestant& each) { return each.model == plan.models[model].name; };
    const auto at = std::find_if(contestants.begin(), contestants.end(), is);
    if (at != contestants.end()) standing.left.push_back(static_cast<std::size_t>(at - contestants.begin()));
  }
  return standing;
}

// Rounds of each cell, by point and model, that are planned, not run, and needed no more.
using NotNeeded = std::map<std::pair<std::string, std::string>, std::uint32_t>;

NotNeeded not_needed(const Plan& plan, const std::vector<json>& trials, const Races& races) {
  std::vector<bool> done(plan.order.size());
  for (const json& trial : trials) done.at(trial.at("trial")) = true;
  NotNeeded rounds;
  for (const PlannedTrial& trial : plan.order) {
    if (!done[trial.trial] && !races.needs(trial))
      ++rounds[{plan.points[trial.point].id, plan.models[trial.model].name}];
  }
  return rounds;
}

std::size_t sum_of(const NotNeeded& rounds) {
  std::size_t sum = 0;
  for (const auto& [cell, count] : rounds) sum += count;
  return sum;
}

json point_json(const Plan& plan, const Point& point, const std::map<std::string, Cell>& cells, const Races& races,
                const NotNeeded& needless, PointVerdict& verdict) {
  std::vector<Contestant> contestants;
  std::vector<LeftOut> left_out;
  json cell_list = json::array(), too_slow = json::array();
  for (const PlannedModel& model : plan.models) {
    const auto found = cells.find(model.name);
    if (found == cells.end()) continue;
    const Cell& cell = found->second;
    cell_list.push_back(cell_json(cell));
    const auto rounds = needless.find({point.id, model.name});
    cell_list.back()["rounds_not_needed"] = rounds == needless.end() ? 0 : rounds->second;
    if (cell.status() == "valid") contestants.push_back({cell.model, cell.values});
    else left_out.push_back({cell.model, cell.status(), cell.reason()});
    if (cell.status() == "too_slow") too_slow.push_back(cell.model);
  }
  const Judging judging = judging_of(plan.profile, point.ranks_by);
  verdict = decide(contestants, judging, standing_of(contestants, plan, races, point));
  if (point.ranks_by == RanksBy::none) {
    PointVerdict unranked;
    unranked.verdict = "none";
    unranked.pairs = std::move(verdict.pairs);
    verdict = std::move(unranked);
  }
  json leaders = json::array(), pairs = json::array();
  for (const std::size_t leader : verdict.leaders) leaders.push_back(contestants[leader].model);
  for (const PairResult& pair : verdict.pairs) pairs.push_back(pair_json(pair, contestants));
  return {{"id", point.id},
          {"label", point.label},
          {"series", point.series},
          {"in_flight", is_dropped(point) ? json(nullptr) : json(point.load.in_flight)},
          {"cores", is_dropped(point) ? json(nullptr) : json(point.load.cores)},
          {"ranks_by", name_of(point.ranks_by)},
          {"unit", ranked_quantity(point.ranks_by).unit},
          {"margin_percent", percent(judging.margin)},
          {"server_limited", limited(cells)},
          {"verdict", verdict.verdict},
          {"rounds", verdict.rounds},
          {"leaders", leaders},
          {"too_slow", too_slow},
          {"runner_up", verdict.runner_up ? json(contestants[*verdict.runner_up].model) : json(nullptr)},
          {"lead_percent", verdict.lead_percent ? json(*verdict.lead_percent) : json(nullptr)},
          {"rounds_needed", verdict.rounds_needed ? json(*verdict.rounds_needed) : json(nullptr)},
          {"sentence", sentence_for(point, verdict, contestants, left_out, judging.margin)},
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

Races races_of(const Plan& plan, const std::vector<json>& trials) {
  std::vector<const json*> in_order;
  for (const json& trial : trials) in_order.push_back(&trial);
  std::sort(in_order.begin(), in_order.end(),
            [](const json* a, const json* b) { return a->at("trial") < b->at("trial"); });
  Races races(plan);
  for (const json* trial : in_order) races.add(*trial);
  return races;
}

}  // namespace

json verdict_of(const Plan& plan, const std::vector<json>& trials) {
  const Cells cells = gather(plan, trials);
  const Races races = races_of(plan, trials);
  const NotNeeded needless = not_needed(plan, trials, races);
  json points = json::array();
  std::vector<double> claimed;
  std::size_t tested = 0;
  for (const Point& point : points_of(plan)) {
    PointVerdict verdict;
    points.push_back(point_json(plan, point, cells.at(point.id), races, needless, verdict));
    tested += verdict.verdict != "none" && verdict.verdict != "single" ? 1 : 0;
    if (verdict.verdict == "wins" || verdict.verdict == "tie") claimed.push_back(verdict.p);
  }
  const Judging judging = judging_of(plan.profile);
  const json families = families_of(plan, trials, cells);
  return {{"schema", 1},
          {"version", plan.version},
          {"profile", plan.profile},
          {"rounds", plan.rounds},
          {"margin_percent", percent(judging.margin)},
          {"error_percent", percent(kPointError)},
          {"power_percent", percent(kPower)},
          {"rounds_to_win", judging.rounds_to_win},
          {"trials_planned", plan.order.size()},
          {"trials_done", trials.size()},
          {"trials_not_needed", sum_of(needless)},
          {"racing", plan.racing},
          {"families", families},
          {"sentences", family_sentences(families)},
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
