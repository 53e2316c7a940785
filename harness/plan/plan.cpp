// plan.json, out and in.
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/plan.hpp"

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace interleave {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kRanksBy{"none", "cpu_per_item", "efficiency", "makespan"};

json point_json(const Point& point) {
  json out = to_json(point.load);
  out["id"] = point.id;
  out["label"] = point.label;
  out["series"] = point.series;
  out["ranks_by"] = name_of(point.ranks_by);
  return out;
}

RanksBy ranks_by_named(const std::string& name) {
  for (std::size_t i = 0; i < kRanksBy.size(); ++i) {
    if (kRanksBy[i] == name) return static_cast<RanksBy>(i);
  }
  throw std::invalid_argument("unknown ranks_by '" + name + "'");
}

Point point_from(const json& from) {
  Point point;
  point.id = from.at("id");
  point.label = from.at("label");
  point.series = from.value("series", point.label);
  point.ranks_by = ranks_by_named(from.at("ranks_by"));
  Load& load = point.load;
  load.workload = from.at("workload");
  load.items = from.at("items");
  load.in_flight = from.at("in_flight");
  load.cores = from.at("cores");
  load.seed = from.at("seed");
  load.timeout = std::chrono::microseconds(from.at("timeout_us").get<std::int64_t>());
  load.profile = profile_from_json(from.at("profile").dump());
  load.parameters = from.at("parameters");
  load.policies = from.at("policies");
  return point;
}

json model_json(const PlannedModel& model) {
  json skips = json::object();
  for (const auto& [workload, why] : model.skips) skips[workload] = why;
  return {{"name", model.name},
          {"style", model.style},
          {"library", model.library},
          {"back_end", model.back_end},
          {"threads", model.threads},
          {"capabilities", model.capabilities},
          {"workloads", model.workloads},
          {"policies", model.policies},
          {"skips", skips},
          {"executable", model.executable}};
}

}  // namespace

std::string_view name_of(RanksBy ranks_by) noexcept { return kRanksBy[static_cast<std::size_t>(ranks_by)]; }

json to_json(const Load& load) {
  return {{"workload", load.workload},
          {"items", load.items},
          {"in_flight", load.in_flight},
          {"cores", load.cores},
          {"seed", load.seed},
          {"timeout_us", load.timeout.count()},
          {"profile", json::parse(to_json(load.profile))},
          {"parameters", load.parameters},
          {"policies", load.policies}};
}

PlannedModel model_from_json(const json& from) {
  PlannedModel model;
  model.name = from.at("name");
  model.style = from.at("style");
  model.library = from.at("library");
  model.back_end = from.at("back_end");
  model.threads = from.at("threads");
  model.capabilities = from.at("capabilities");
  model.workloads = from.at("workloads");
  for (const auto& [workload, why] : from.at("skips").items()) model.skips.emplace_back(workload, why);
  for (const json& policy : from.value("policies", json::array())) {  // --describe says more of each
    model.policies.push_back(policy.is_object() ? policy.at("name").get<std::string>() : policy.get<std::string>());
  }
  model.executable = from.value("executable", "");
  return model;
}

json to_json(const Plan& plan) {
  json points = json::array(), models = json::array(), skips = json::array(), order = json::array();
  for (const Point& point : plan.points) points.push_back(point_json(point));
  for (const PlannedModel& model : plan.models) models.push_back(model_json(model));
  for (const PlannedSkip& skip : plan.skips) {
    skips.push_back({{"model", skip.model}, {"point", skip.point}, {"reason", skip.reason}});
  }
  for (const PlannedTrial& trial : plan.order) {
    order.push_back({{"trial", trial.trial},
                     {"round", trial.round},
                     {"point", plan.points[trial.point].id},
                     {"model", plan.models[trial.model].name}});
  }
  return {{"schema", 1},
          {"version", plan.version},
          {"commit", plan.commit},
          {"created", plan.created},
          {"seed", plan.seed},
          {"profile", plan.profile},
          {"rounds", plan.rounds},
          {"block", plan.block},
          {"command", plan.command},
          {"points", points},
          {"models", models},
          {"skips", skips},
          {"order", order}};
}

Plan plan_from_json(const json& from) try {
  if (from.at("schema") != 1) throw std::invalid_argument("schema is not 1");
  Plan plan;
  plan.version = from.at("version");
  plan.commit = from.value("commit", "");
  plan.created = from.at("created");
  plan.seed = from.at("seed");
  plan.profile = from.at("profile");
  plan.rounds = from.at("rounds");
  plan.block = from.at("block");
  plan.command = from.at("command").get<std::vector<std::string>>();
  std::map<std::string, std::size_t> point_at, model_at;
  for (const json& point : from.at("points")) {
    plan.points.push_back(point_from(point));
    point_at[plan.points.back().id] = plan.points.size() - 1;
  }
  for (const json& model : from.at("models")) {
    plan.models.push_back(model_from_json(model));
    model_at[plan.models.back().name] = plan.models.size() - 1;
  }
  for (const json& skip : from.at("skips")) {
    plan.skips.push_back({skip.at("model"), skip.at("point"), skip.at("reason")});
  }
  for (const json& trial : from.at("order")) {
    plan.order.push_back(
        {trial.at("trial"), trial.at("round"), point_at.at(trial.at("point")), model_at.at(trial.at("model"))});
    if (plan.order.back().trial != plan.order.size() - 1) throw std::invalid_argument("trials are out of order");
  }
  return plan;
} catch (const json::exception& error) {
  throw std::invalid_argument(error.what());
} catch (const std::out_of_range&) {
  throw std::invalid_argument("a trial names a point or a model that is not in the plan");
}

}  // namespace interleave
