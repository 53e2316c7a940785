// plan.json, out and in.
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/plan.hpp"

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace interleave {

using nlohmann::json;

namespace {

constexpr std::array<std::string_view, 5> kRanksBy{"none", "cpu_per_item", "cpu_keeping_up", "makespan", "latency"};

RanksBy ranks_by_named(const std::string& name) {
  for (std::size_t i = 0; i < kRanksBy.size(); ++i) {
    if (kRanksBy[i] == name) return static_cast<RanksBy>(i);
  }
  throw std::invalid_argument("unknown ranks_by '" + name + "'");
}

}  // namespace

std::string_view name_of(RanksBy ranks_by) noexcept { return kRanksBy[static_cast<std::size_t>(ranks_by)]; }

// A point is its load, and what it is called.
static void to_json(json& out, const Point& point) {
  out = point.load;
  out["id"] = point.id;
  out["series"] = point.series;
  out["label"] = point.label;
  out["said"] = point.said;
  out["ranks_by"] = name_of(point.ranks_by);
}
static void from_json(const json& from, Point& point) {
  point = {.id = from.at("id"),
           .series = from.at("series"),
           .label = from.at("label"),
           .said = from.value("said", ""),
           .load = from,
           .ranks_by = ranks_by_named(from.at("ranks_by"))};
}

static void to_json(json& out, const PlannedSkip& skip) {
  out = {{"model", skip.model}, {"point", skip.point}, {"reason", skip.reason}};
}
static void from_json(const json& from, PlannedSkip& skip) {
  skip = {from.at("model"), from.at("point"), from.at("reason")};
}

static json ladder_json(const Plan& plan, const PlannedLadder& ladder) {
  json points = json::array();
  for (const std::size_t point : ladder.points) points.push_back(plan.points[point].id);
  return {{"name", ladder.name},         {"said", ladder.said}, {"unit", ladder.unit},
          {"keeps_up", ladder.keeps_up}, {"also", ladder.also}, {"most_lag_ms", ladder.most_lag_ms},
          {"values", ladder.values},     {"points", points},    {"is_a_task", ladder.is_a_task}};
}

static PlannedLadder ladder_from(const json& from, const std::map<std::string, std::size_t>& point_at) {
  PlannedLadder ladder{.name = from.at("name"),
                       .said = from.at("said"),
                       .unit = from.at("unit"),
                       .keeps_up = from.at("keeps_up"),
                       .most_lag_ms = from.at("most_lag_ms"),
                       .also = from.at("also"),
                       .is_a_task = from.at("is_a_task"),
                       .values = from.at("values"),
                       .points = {}};
  for (const json& point : from.at("points")) ladder.points.push_back(point_at.at(point));
  if (ladder.points.size() != ladder.values.size() || ladder.points.empty())
    throw std::invalid_argument("the ladder " + ladder.name + " has not a load for each rung");
  return ladder;
}

void to_json(json& out, const PlannedModel& model) {
  json skips = json::object();
  for (const auto& [workload, why] : model.skips) skips[workload] = why;
  out = {{"name", model.name},
         {"family", model.family},
         {"style", model.style},
         {"library", model.library},
         {"language", model.language},
         {"back_end", model.back_end},
         {"threads", model.threads},
         {"bears_family", model.bears_family},
         {"counterparts", model.counterparts},
         {"capabilities", model.capabilities},
         {"workloads", model.workloads},
         {"policies", model.policies},
         {"skips", skips},
         {"executable", model.executable}};
}

void from_json(const json& from, PlannedModel& model) {
  model = {.name = from.at("name"),
           .family = from.at("family"),
           .style = from.at("style"),
           .library = from.at("library"),
           .language = from.at("language"),
           .back_end = from.at("back_end"),
           .threads = from.at("threads"),
           .executable = from.value("executable", ""),
           .bears_family = from.value("bears_family", false),
           .counterparts = from.value("counterparts", std::vector<std::string>()),
           .capabilities = from.at("capabilities"),
           .workloads = from.at("workloads"),
           .policies = {},
           .skips = {}};
  for (const auto& [workload, why] : from.at("skips").items()) model.skips.emplace_back(workload, why);
  for (const json& policy : from.value("policies", json::array())) {  // --describe says more of each
    model.policies.push_back(policy.is_object() ? policy.at("name").get<std::string>() : policy.get<std::string>());
  }
}

void to_json(json& out, const Plan& plan) {
  json order = json::array();
  for (const PlannedTrial& trial : plan.order) {
    order.push_back({{"trial", trial.trial},
                     {"round", trial.round},
                     {"point", plan.points[trial.point].id},
                     {"model", plan.models[trial.model].name}});
  }
  json workloads = json::object();
  for (const WorkloadAbout& about : plan.workloads) workloads[about.name] = about;
  out = {{"schema", 1},           {"version", plan.version},       {"commit", plan.commit},   {"created", plan.created},
         {"seed", plan.seed},     {"profile", plan.profile},       {"rounds", plan.rounds},   {"block", plan.block},
         {"racing", plan.racing}, {"patience_s", plan.patience_s}, {"command", plan.command}, {"workloads", workloads},
         {"points", plan.points}, {"models", plan.models},         {"skips", plan.skips},     {"order", order}};
  for (const PlannedLadder& ladder : plan.ladders) out["ladders"].push_back(ladder_json(plan, ladder));
  if (!plan.cut.empty()) out["cut"] = plan.cut;
}

void from_json(const json& from, Plan& plan) try {
  if (from.at("schema") != 1) throw std::invalid_argument("schema is not 1");
  plan = {};
  plan.version = from.at("version");
  plan.commit = from.value("commit", "");
  plan.created = from.at("created");
  plan.seed = from.at("seed");
  plan.profile = from.at("profile");
  plan.rounds = from.at("rounds");
  plan.block = from.at("block");
  plan.racing = from.value("racing", false);
  plan.patience_s = from.value("patience_s", plan.patience_s);
  plan.command = from.at("command").get<std::vector<std::string>>();
  for (const auto& [name, about] : from.at("workloads").items()) plan.workloads.push_back(about.get<WorkloadAbout>());
  plan.points = from.at("points").get<std::vector<Point>>();
  plan.models = from.at("models").get<std::vector<PlannedModel>>();
  plan.skips = from.at("skips").get<std::vector<PlannedSkip>>();
  std::map<std::string, std::size_t> point_at, model_at;
  for (const Point& point : plan.points) point_at.emplace(point.id, point_at.size());
  for (const PlannedModel& model : plan.models) model_at.emplace(model.name, model_at.size());
  for (const json& trial : from.at("order")) {
    plan.order.push_back({.trial = trial.at("trial"),
                          .round = trial.at("round"),
                          .point = point_at.at(trial.at("point")),
                          .model = model_at.at(trial.at("model"))});
    if (plan.order.back().trial != plan.order.size() - 1) throw std::invalid_argument("trials are out of order");
  }
  for (const json& ladder : from.value("ladders", json::array())) plan.ladders.push_back(ladder_from(ladder, point_at));
  plan.cut = from.value("cut", plan.cut);
  for (const Point& point : plan.points) about_workload(plan, point.load.workload);
} catch (const json::exception& error) {
  throw std::invalid_argument(error.what());
} catch (const std::out_of_range&) {
  throw std::invalid_argument("a trial names a point or a model that is not in the plan");
}

const WorkloadAbout& about_workload(const Plan& plan, std::string_view name) {
  for (const WorkloadAbout& about : plan.workloads) {
    if (about.name == name) return about;
  }
  throw std::invalid_argument("the plan does not describe its workload '" + std::string(name) + "'");
}

}  // namespace interleave
