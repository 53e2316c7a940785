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
#include "harness/verdict/cells.hpp"
#include "harness/verdict/intervals.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;

// Where a model stands on a ladder; rungs are counted, so that 0 is none.
struct Standing {
  std::size_t reach = 0;            // how many rungs, from the easiest, it keeps up with
  std::size_t mostly = 0;           // how many with most of its trials
  std::size_t once = 0;             // and how many with one at least
  std::optional<RungAnswer> ended;  // why it does not keep up with the next one
  bool finished = false;
};

// The server is the same for all models of a ladder, and so is its end: none that another model was not kept from. Who
// has gone as far as the furthest, or a rung less (which may be chance), stands at it; who has not, ended before it, be
// the server ever so busy. All who stand there have one limit, the last rung that all of them keep up with.
struct ServersEnd {
  std::size_t furthest = 0;      // rungs that a model of the run keeps up with
  std::size_t furthest_by = 0;   // the first of those models
  std::size_t shared_reach = 0;  // 0: nobody was stopped by it

  bool stops(const Standing& standing) const {
    return standing.ended && standing.ended->at_servers_end && standing.reach + 1 >= furthest;
  }
};

ServersEnd servers_end_of(const std::vector<Standing>& standings) {
  ServersEnd end;
  for (std::size_t model = 0; model < standings.size(); ++model) {
    if (standings[model].reach <= end.furthest) continue;
    end.furthest = standings[model].reach;
    end.furthest_by = model;
  }
  for (const Standing& standing : standings) {
    if (!end.stops(standing) || standing.reach == 0) continue;
    end.shared_reach = end.shared_reach == 0 ? standing.reach : std::min(end.shared_reach, standing.reach);
  }
  return end;
}

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
    return {{"schema", 1},
            {"version", plan_.version},
            {"models", columns},
            {"ladders", ladders},
            {"cut", plan_.cut},
            {"trials_done", trials_.size()},
            {"disturbed_share", disturbed_share()},
            {"finished", !course_.next().has_value()}};
  }

 private:
  json ladder_json(std::size_t at) const {
    const PlannedLadder& ladder = plan_.ladders[at];
    std::vector<Standing> standings;
    for (std::size_t model = 0; model < plan_.models.size(); ++model) standings.push_back(standing_of(at, model));
    const ServersEnd end = servers_end_of(standings);
    json models = json::array();
    for (std::size_t model = 0; model < plan_.models.size(); ++model)
      models.push_back(model_json(at, model, standings[model], end));
    json out{{"name", ladder.name},     {"said", ladder.said},
             {"unit", ladder.unit},     {"keeps_up", ladder.keeps_up},
             {"values", ladder.values}, {"is_a_task", ladder.is_a_task},
             {"models", models},        {"label", plan_.points[ladder.points.front()].series},
             {"servers_end", nullptr},  {"took_s", took_s(ladder)}};
    if (end.shared_reach > 0) out["servers_end"] = ladder.values[end.shared_reach - 1];
    return out;
  }

  // How many of the trials failed where they could have kept up: below what their model keeps up with, the first at
  // each rung, for of those that fail there are more. None: there are no such trials.
  json disturbed_share() const {
    std::size_t all = 0, failed = 0;
    for (std::size_t at = 0; at < plan_.ladders.size(); ++at) {
      for (std::size_t model = 0; model < plan_.models.size(); ++model) {
        const std::size_t reach = standing_of(at, model).reach;
        for (std::size_t rung = 0; rung + 1 < reach; ++rung) {
          const auto first = first_answer(plan_.ladders[at], rung, model);
          all += first ? 1 : 0;
          failed += first && !first->holds ? 1 : 0;
        }
      }
    }
    return all == 0 ? json() : json(static_cast<double>(failed) / static_cast<double>(all));
  }

  std::optional<RungAnswer> first_answer(const PlannedLadder& ladder, std::size_t rung, std::size_t model) const {
    for (const json* trial : trials_at(ladder.points[rung], model)) {
      RungAnswer answer = answer_of(plan_, ladder, *trial);
      if (answer.counts) return answer;
    }
    return std::nullopt;
  }

  // Two ladders may share a load, which counts for both.
  double took_s(const PlannedLadder& ladder) const {
    double ns = 0;
    for (const json& trial : trials_) {
      const auto is_its = [&](std::size_t point) { return trial.at("point") == plan_.points[point].id; };
      if (std::any_of(ladder.points.begin(), ladder.points.end(), is_its)) ns += number_at(trial, "/wall_ns");
    }
    return std::round(ns / 1e8) / 10;
  }

  Standing standing_of(std::size_t at, std::size_t model) const {
    const Search* const search = course_.search(at, model);
    if (search == nullptr) return {};
    Standing standing;
    standing.finished = course_.is_over(at, model);
    if (const auto rung = search->last_that_holds()) standing.reach = *rung + 1;
    if (const auto rung = search->last_that_mostly_holds()) standing.mostly = *rung + 1;
    if (const auto rung = search->last_that_held_once()) standing.once = *rung + 1;
    if (const auto rung = search->first_that_does_not(); rung && standing.finished)
      standing.ended = why_not(plan_.ladders[at], *rung, model);
    return standing;
  }

  json model_json(std::size_t at, std::size_t model, const Standing& standing, const ServersEnd& end) const {
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
    if (const auto fails = search->first_that_does_not(); fails && standing.finished)
      out["first_failed"] = ladder.values[*fails];
    if (standing.reach > 0) put_limit(out, ladder, standing, end, model);
    put_end(out, ladder, standing, end, model);
    out["finished"] = standing.finished;
    return out;
  }

  void put_end(json& out, const PlannedLadder& ladder, const Standing& standing, const ServersEnd& end,
               std::size_t model) const {
    if (standing.ended) {
      const bool server = end.stops(standing);
      out["ended_by"] = server ? "server" : standing.ended->ended_by;
      out["reason"] = reason_text(ladder, *standing.ended, server, end);
    } else if (standing.reach == ladder.values.size()) {
      out["ended_by"] = "ladder";
      out["reason"] = "it keeps up with the last rung";
    } else {
      const std::string why = why_void(ladder, model);
      out["ended_by"] = why.empty() ? "open" : "void";
      out["reason"] = why.empty() ? "not finished" : why;
    }
  }

  // Where it was not the server, busy as it was, with who has shown that.
  std::string reason_text(const PlannedLadder& ladder, const RungAnswer& ended, bool is_servers,
                          const ServersEnd& end) const {
    if (is_servers) return "the server was at its own end: " + ended.text;
    if (!ended.at_servers_end) return ended.text;
    return fmt::format("{}; the server was busy or late, and yet goes as far as {:.0f} with {}", ended.text,
                       ladder.values[end.furthest - 1], plan_.models[end.furthest_by].name);
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

  // What it costs is told of the last rung that it keeps up with, whoever shares the server's end with it.
  void put_limit(json& out, const PlannedLadder& ladder, const Standing& standing, const ServersEnd& end,
                 std::size_t model) const {
    const std::size_t rung = standing.reach - 1, point = ladder.points[rung];
    const std::size_t reach = end.stops(standing) ? end.shared_reach : standing.reach;
    out["limit"] = ladder.values[reach - 1];
    out["last_held"] = ladder.values[rung];
    const std::size_t once = end.stops(standing) ? reach : standing.once;
    if (standing.mostly < once) out["interval"] = {ladder.values[standing.mostly - 1], ladder.values[once - 1]};
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

  // Of what most of the trials say, that which came nearest to keeping up: a machine only makes them worse.
  std::optional<RungAnswer> why_not(const PlannedLadder& ladder, std::size_t rung, std::size_t model) const {
    std::vector<RungAnswer> answers;
    for (const json* trial : trials_at(ladder.points[rung], model)) {
      RungAnswer answer = answer_of(plan_, ladder, *trial);
      if (answer.counts && !answer.holds) answers.push_back(std::move(answer));
    }
    if (answers.empty()) return std::nullopt;
    const auto server =
        std::count_if(answers.begin(), answers.end(), [](const auto& each) { return each.at_servers_end; });
    const bool is_servers = 2 * static_cast<std::size_t>(server) > answers.size();
    const auto nearer = [&](const RungAnswer& a, const RungAnswer& b) {
      if (a.at_servers_end != b.at_servers_end) return a.at_servers_end == is_servers;
      return a.short_by < b.short_by;
    };
    return *std::min_element(answers.begin(), answers.end(), nearer);
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
    const auto is_point = [&](const Point& each) { return each.id == trial.at("point").get<std::string>(); };
    const auto is_model = [&](const PlannedModel& each) { return each.name == trial.at("model").get<std::string>(); };
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
