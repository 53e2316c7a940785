// Gathering trials into cells.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "harness/plan/ranked_quantity.hpp"

namespace interleave {
namespace {

using nlohmann::json;

// Void for nothing but that the concurrency or the rate was not kept up: the model was there, and too slow.
bool only_unsustained(const json& reasons) {
  return !reasons.empty() && std::all_of(reasons.begin(), reasons.end(),
                                         [](const json& each) { return is_lost(each.get<Reason>().check); });
}

std::optional<double> positive(const json& trial, const char* key) {
  const json value = trial.value(key, json());
  return value.is_number() && value.get<double>() > 0 ? std::optional(value.get<double>()) : std::nullopt;
}

// What a trial has to have to be ranked.
std::vector<const char*> keys_of(RanksBy ranks_by) {
  if (ranks_by == RanksBy::cpu_keeping_up) return {"efficiency", value_key(ranks_by)};
  return {value_key(ranks_by)};
}

bool is_slow(const json& trial, RanksBy ranks_by) {
  return ranks_by == RanksBy::cpu_keeping_up && *positive(trial, "efficiency") < kKeepsUp;
}

void take_valid(Cell& cell, const json& trial, RanksBy ranks_by) {
  for (const char* key : keys_of(ranks_by)) {
    if (!positive(trial, key)) return cell.leave_out("void", {"value", std::string("the trial has no ") + key}, 1);
  }
  ++cell.valid;
  cell.limited += trial.at("server_limited").get<bool>() ? 1 : 0;
  if (is_slow(trial, ranks_by)) {
    cell.leave_out("slow",
                   {"slow", fmt::format("{:.0f} % of what is possible, {:.0f} are asked",
                                        100 * *positive(trial, "efficiency"), 100 * kKeepsUp)},
                   1);
  }
  cell.values.at(trial.at("round")) = value_of(trial, ranks_by);
}

void take_trial(Cell& cell, const json& trial, RanksBy ranks_by) {
  const json& reasons = trial.at("reasons");
  const Reason reason = reasons.empty() ? Reason{} : reasons.front().get<Reason>();
  if (trial.at("verdict") == "valid") {
    take_valid(cell, trial, ranks_by);
  } else if (trial.at("verdict") == "skipped") {
    cell.leave_out(reason.check == check::kPatience ? "too_slow" : "skipped", reason, 1);
  } else if (only_unsustained(reasons)) {
    cell.leave_out("unsustained", reason, 1);
    cell.values.at(trial.at("round")) = kLost;
  } else {
    cell.leave_out("void", reason, 1);
  }
}

std::vector<const json*> in_order(const std::vector<json>& trials) {
  std::vector<const json*> ordered;
  ordered.reserve(trials.size());
  for (const json& trial : trials) ordered.push_back(&trial);
  std::sort(ordered.begin(), ordered.end(),
            [](const json* a, const json* b) { return a->at("trial") < b->at("trial"); });
  return ordered;
}

json left_out_json(const Cell& cell) {
  json list = json::array();
  for (const LeftOutRounds& each : cell.left_out) {
    list.push_back(each.first);
    list.back().update({{"kind", each.kind}, {"rounds", each.rounds}});
  }
  return list;
}

// Lost rounds count as the worst of all.
std::vector<double> present(const Cell& cell) {
  std::vector<double> values;
  for (const double value : cell.values) {
    if (value > 0) values.push_back(value);
  }
  return values;
}

}  // namespace

void Cell::leave_out(const std::string& kind, const Reason& reason, std::uint32_t rounds) {
  const auto same = std::find_if(left_out.begin(), left_out.end(), [&](const LeftOutRounds& each) {
    return each.kind == kind && each.first.check == reason.check;
  });
  if (same == left_out.end()) left_out.push_back({kind, reason, rounds});
  else same->rounds += rounds;
}

std::uint32_t Cell::rounds_left_out(const std::string& kind) const {
  std::uint32_t rounds = 0;
  for (const LeftOutRounds& each : left_out) rounds += each.kind == kind ? each.rounds : 0;
  return rounds;
}

std::string Cell::status() const {
  const auto has = [&](const char* kind) {
    return std::any_of(left_out.begin(), left_out.end(), [&](const auto& each) { return each.kind == kind; });
  };
  if (has("too_slow") || 2 * rounds_left_out("slow") > valid) return "too_slow";
  const std::uint32_t skipped = rounds_left_out("skipped");
  const std::uint32_t voided = rounds_left_out("void") + rounds_left_out("unsustained");
  if (valid > 0 && skipped + voided <= valid) return "valid";
  if (has("skipped") && skipped >= voided) return "skipped";
  return voided > 0 ? "void" : "not_run";
}

Reason Cell::reason() const {
  const std::string now = status();
  if (now == "not_run") return {"", "not run"};
  for (const LeftOutRounds& each : left_out) {
    if (now == "valid" || each.kind == now || (now == "void" && each.kind == "unsustained") ||
        (now == "too_slow" && each.kind == "slow"))
      return each.first;
  }
  return {};
}

const char* value_key(RanksBy ranks_by) { return ranked_quantity(ranks_by).key; }

double value_of(const json& trial, RanksBy ranks_by) {
  const json& reasons = trial.at("reasons");
  if (trial.at("verdict") == "skipped") {
    const bool too_slow = !reasons.empty() && reasons.front().get<Reason>().check == check::kPatience;
    return too_slow ? kLost : kNoValue;
  }
  if (trial.at("verdict") != "valid") return only_unsustained(reasons) ? kLost : kNoValue;
  for (const char* key : keys_of(ranks_by)) {
    if (!positive(trial, key)) return kNoValue;
  }
  return is_slow(trial, ranks_by) ? kLost : *positive(trial, value_key(ranks_by));
}

Cells gather(const Plan& plan, const std::vector<json>& trials) {
  Cells cells;
  std::map<std::string, RanksBy> ranks_by;
  const auto empty = [&](const std::string& model) {
    Cell cell;
    cell.model = model;
    for (const PlannedModel& each : plan.models) {
      if (each.name == model) cell.family = each.family;
    }
    cell.values.assign(plan.rounds, kNoValue);
    return cell;
  };
  for (const Point& point : plan.points) {
    ranks_by[point.id] = point.ranks_by;
    for (const PlannedModel& model : plan.models) cells[point.id].emplace(model.name, empty(model.name));
  }
  for (const PlannedSkip& skip : plan.skips) {
    cells[skip.point]
        .try_emplace(skip.model, empty(skip.model))
        .first->second.leave_out("skipped", {"", skip.reason}, 0);
  }
  for (const json* trial : in_order(trials)) {
    const std::string point = trial->at("point");
    take_trial(cells.at(point).at(trial->at("model")), *trial, ranks_by.at(point));
  }
  return cells;
}

double number_at(const json& from, const char* pointer) {
  const json::json_pointer at(pointer);
  return from.contains(at) && from.at(at).is_number() ? from.at(at).get<double>() : 0;
}

json number_or_null(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

json cell_json(const Cell& cell) {
  json values = json::array();
  for (const double value : cell.values) values.push_back(number_or_null(value));
  const std::vector<double> ranked = present(cell);
  const auto interval = median_interval(ranked, kCellError);
  const std::uint32_t unsustained = cell.rounds_left_out("unsustained");
  return {{"model", cell.model},
          {"family", cell.family},
          {"status", cell.status() == "not_run" ? "void" : cell.status()},
          {"reason", cell.reason().sentence()},
          {"left_out", left_out_json(cell)},
          {"rounds_valid", cell.valid},
          {"rounds_void", cell.rounds_left_out("void") + unsustained},
          {"rounds_unsustained", unsustained},
          {"rounds_skipped", cell.rounds_left_out("skipped") + cell.rounds_left_out("too_slow")},
          {"median", ranked.empty() ? json(nullptr) : number_or_null(median_of(ranked))},
          {"low", interval ? number_or_null(interval->low) : json(nullptr)},
          {"high", interval ? number_or_null(interval->high) : json(nullptr)},
          {"level_percent", interval ? json(100 * (1 - kCellError)) : json(nullptr)},
          {"values", values}};
}

}  // namespace interleave
