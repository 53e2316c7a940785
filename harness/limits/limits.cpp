// Limits, with the reasons they ended for.
// SPDX-License-Identifier: Apache-2.0
#include "harness/limits/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "harness/limits/limits_course.hpp"
#include "harness/plan/make_plan.hpp"
#include "harness/verdict/intervals.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;

class Limits {
 public:
  Limits(const Plan& plan, const std::vector<json>& trials) : plan_(plan), trials_(trials), course_(plan) {
    for (const json& trial : trials) course_.add(trial);
  }

  json as_json() {
    json ladders = json::array();
    for (std::size_t at = 0; at < plan_.ladders.size(); ++at) ladders.push_back(ladder_json(at));
    json columns = json::array();
    for (const PlannedModel& model : plan_.models) {
      columns.push_back({{"model", model.name}, {"family", model.family}, {"bears_family", model.bears_family}});
    }
    return {{"schema", 1},        {"version", plan_.version},      {"models", columns},
            {"ladders", ladders}, {"trials_done", trials_.size()}, {"finished", !course_.next().has_value()}};
  }

 private:
  json ladder_json(std::size_t at) const {
    const PlannedLadder& ladder = plan_.ladders[at];
    json models = json::array();
    for (std::size_t model = 0; model < plan_.models.size(); ++model) models.push_back(model_json(at, model));
    return {{"name", ladder.name},     {"said", ladder.said},
            {"unit", ladder.unit},     {"keeps_up", ladder.keeps_up},
            {"values", ladder.values}, {"is_a_task", ladder.is_a_task},
            {"models", models},        {"label", plan_.points[ladder.points.front()].series}};
  }

  json model_json(std::size_t at, std::size_t model) const {
    const PlannedLadder& ladder = plan_.ladders[at];
    json out{{"model", plan_.models[model].name},
             {"limit", nullptr},
             {"first_failed", nullptr},
             {"ended_by", ""},
             {"reason", ""}};
    const Search* const search = course_.search(at, model);
    if (search == nullptr) {
      out["ended_by"] = "skipped";
      out["reason"] = *why_not_offered(plan_.models[model], plan_.points[ladder.points.front()].load);
      return out;
    }
    const auto holds = search->last_that_holds(), fails = search->first_that_does_not();
    if (holds) put_limit(out, ladder, *holds, model);
    if (fails) {
      out["first_failed"] = ladder.values[*fails];
      put_reason(out, ladder, *fails, model);
    } else if (holds && *holds + 1 == ladder.values.size()) {
      out["ended_by"] = "ladder";
      out["reason"] = "it keeps up with the last rung";
    } else {
      const std::string why = why_void(ladder, model);
      out["ended_by"] = why.empty() ? "open" : "void";
      out["reason"] = why.empty() ? "not finished" : why;
    }
    out["finished"] = !search->next().has_value();
    return out;
  }

  std::vector<const json*> trials_at(std::size_t point, std::size_t model) const {
    std::vector<const json*> some;
    for (const json& trial : trials_) {
      if (trial.at("point") == plan_.points[point].id && trial.at("model") == plan_.models[model].name)
        some.push_back(&trial);
    }
    return some;
  }

  std::optional<double> median_at(std::size_t point, std::size_t model, const char* pointer) const {
    std::vector<double> values;
    const json::json_pointer at(pointer);
    for (const json* trial : trials_at(point, model)) {
      if (trial->at("verdict") == "valid" && trial->contains(at) && trial->at(at).is_number())
        values.push_back(trial->at(at));
    }
    return values.empty() ? std::nullopt : std::optional(median_of(values));
  }

  void put_limit(json& out, const PlannedLadder& ladder, std::size_t rung, std::size_t model) const {
    const std::size_t point = ladder.points[rung];
    out["limit"] = ladder.values[rung];
    out["rounds"] = trials_at(point, model).size();
    if (const auto bytes = median_at(point, model, "/memory/per_item_bytes"); bytes && *bytes > 0) {
      out["bytes_per_item"] = *bytes;
      out["in_flight_per_gib"] = std::floor(kGiB / *bytes);
    }
    if (const auto ideal = median_at(point, model, "/tape/ideal_ns"); ladder.is_a_task && ideal) {
      const Load& load = plan_.points[point].load;
      out["task_ns"] = *ideal * std::min(load.cores, load.in_flight) / load.items;
    }
    out["costs"] = json::array();
    const auto cost_at = [&](std::size_t which) {
      if (const auto cpu = median_at(ladder.points[which], model, "/cpu_per_item_ns"))
        out["costs"].push_back({{"value", ladder.values[which]}, {"cpu_per_item_ns", *cpu}});
    };
    for (const int offset : ladder.also)
      cost_at(static_cast<std::size_t>(std::max(0L, static_cast<long>(rung) + offset)));
    cost_at(rung);
  }

  void put_reason(json& out, const PlannedLadder& ladder, std::size_t rung, std::size_t model) const {
    for (const json* trial : trials_at(ladder.points[rung], model)) {
      const RungAnswer answer = answer_of(plan_, ladder, *trial);
      if (!answer.counts || answer.holds) continue;
      out["ended_by"] = answer.ended_by;
      out["reason"] = answer.text;
      return;
    }
  }

  std::string why_void(const PlannedLadder& ladder, std::size_t model) const {
    for (const std::size_t point : ladder.points) {
      for (const json* trial : trials_at(point, model)) {
        if (const RungAnswer answer = answer_of(plan_, ladder, *trial); !answer.counts) return answer.text;
      }
    }
    return "";
  }

  const Plan& plan_;
  const std::vector<json>& trials_;
  LimitsCourse course_;
};

}  // namespace

void require_of_limits(const Plan& plan, const std::vector<json>& trials) try {
  if (plan.ladders.empty()) throw std::invalid_argument("it is a comparison (interleave run), and has no ladders");
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const json& trial = trials[i];
    const auto is_point = [&](const Point& each) { return each.id == trial.at("point"); };
    const auto is_model = [&](const PlannedModel& each) { return each.name == trial.at("model"); };
    if (trial.at("trial") != i || std::none_of(plan.points.begin(), plan.points.end(), is_point) ||
        std::none_of(plan.models.begin(), plan.models.end(), is_model))
      throw std::invalid_argument(fmt::format("trial {} is not one of its plan", i));
    for (const char* key : {"reasons", "verdict", "server_limited"}) trial.at(key);
  }
} catch (const json::exception& error) {
  throw std::invalid_argument(error.what());
}

json limits_of(const Plan& plan, const std::vector<json>& trials) { return Limits(plan, trials).as_json(); }

}  // namespace interleave
