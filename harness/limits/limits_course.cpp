// Climbing.
// SPDX-License-Identifier: Apache-2.0
#include "harness/limits/limits_course.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/judge/reason.hpp"
#include "harness/plan/make_plan.hpp"
#include "harness/verdict/cells.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr std::size_t kAboutTrials = 15;  // that a climb takes
constexpr std::size_t kMostLost = 4;      // of one climb

// The model had its cores to the full, so that it cannot have been the server that was too slow.
bool was_busy(const Plan& plan, const json& trial) {
  const auto is_it = [&](const Point& point) { return point.id == trial.at("point").get<std::string>(); };
  const auto point = std::find_if(plan.points.begin(), plan.points.end(), is_it);
  const double makespan = number_at(trial, "/tape/makespan_ns");
  return makespan > 0 && number_at(trial, "/worker/cpu_run_ns/total") > 0.9 * makespan * point->load.cores;
}

RungAnswer failed(const Plan& plan, const PlannedLadder& ladder, const json& trial, const char* by, std::string text) {
  const double efficiency = number_at(trial, "/tape/efficiency"), asked = ladder.keeps_up > 0 ? ladder.keeps_up : 1;
  return {.ended_by = by,
          .text = std::move(text),
          .at_servers_end = trial.at("server_limited").get<bool>() && !was_busy(plan, trial),
          .short_by = asked / std::max(efficiency, 1e-9)};
}

}  // namespace

RungAnswer answer_of(const Plan& plan, const PlannedLadder& ladder, const json& trial) {
  const json& reasons = trial.at("reasons");
  const Reason reason = reasons.empty() ? Reason{} : reasons.front().get<Reason>();
  if (trial.at("verdict") == "skipped") {
    const bool slow = reason.check == check::kPatience;
    return {.is_sure = true, .ended_by = slow ? "too_slow" : "refused", .text = reason.text};
  }
  if (trial.at("verdict") == "void") {
    const auto is_lost_one = [](const json& each) { return is_lost(each.get<Reason>().check); };
    if (!std::all_of(reasons.begin(), reasons.end(), is_lost_one)) return {.counts = false, .text = reason.sentence()};
    // With few in flight a plateau has gaps where one of them turns round; who is as fast as asked has kept up.
    const bool at_its_pace = ladder.keeps_up > 0 && number_at(trial, "/tape/efficiency") >= ladder.keeps_up;
    if (reason.check == check::kSustained && at_its_pace) return {.holds = true};
    const char* const by = reason.check == check::kOverloaded ? "overloaded"
                           : reason.check == check::kPatience ? "too_slow"
                                                              : "unsustained";
    return failed(plan, ladder, trial, by, reason.text);
  }
  const double efficiency = number_at(trial, "/efficiency"), lag_ms = number_at(trial, "/worker/loop_lag_ns/p99") / 1e6;
  if (ladder.keeps_up > 0 && efficiency < ladder.keeps_up) {
    // Rounded down: 94.9 % are not the 95 that are asked for.
    return failed(plan, ladder, trial, "too_slow",
                  fmt::format("{:.0f} % of the ideal, asked are {:.0f}", std::floor(100 * efficiency + 1e-6),
                              100 * ladder.keeps_up));
  }
  if (ladder.most_lag_ms > 0 && lag_ms > ladder.most_lag_ms) {
    return {.ended_by = "lag",
            .text = fmt::format("its loop is {:.1f} ms late (p99), asked are {:.0f}", lag_ms, ladder.most_lag_ms),
            .short_by = lag_ms / ladder.most_lag_ms};
  }
  return {.holds = true};
}

LimitsCourse::LimitsCourse(const Plan& plan) : plan_(plan) {
  for (std::size_t i = 0; i < plan.points.size(); ++i) point_at_.emplace(plan.points[i].id, i);
  for (std::size_t i = 0; i < plan.models.size(); ++i) model_at_.emplace(plan.models[i].name, i);
  for (std::size_t ladder = 0; ladder < plan.ladders.size(); ++ladder) {
    const PlannedLadder& planned = plan.ladders[ladder];
    const Load& first = plan.points[planned.points.front()].load;
    for (std::size_t model = 0; model < plan.models.size(); ++model) {
      if (why_not_offered(plan.models[model], first)) continue;
      climbs_.push_back({.ladder = ladder, .model = model, .search = Search(planned.points.size(), planned.also)});
    }
  }
}

void LimitsCourse::add(const json& trial) {
  ++done_;
  const std::size_t point = point_at_.at(trial.at("point")), model = model_at_.at(trial.at("model"));
  ++rounds_[{point, model}];
  for (Climb& climb : climbs_) {
    if (climb.model != model) continue;
    const PlannedLadder& ladder = plan_.ladders[climb.ladder];
    const auto at = std::find(ladder.points.begin(), ladder.points.end(), point);
    if (at == ladder.points.end()) continue;
    climb.last = done_;
    ++climb.trials;
    const RungAnswer answer = answer_of(plan_, ladder, trial);
    if (answer.counts)
      climb.search.add(static_cast<std::size_t>(at - ladder.points.begin()), answer.holds, answer.is_sure);
    else ++climb.lost;
  }
}

bool LimitsCourse::is_over(const Climb& climb) const { return climb.lost >= kMostLost || !climb.search.next(); }

PlannedTrial LimitsCourse::next_of(const Climb& climb) const {
  const std::size_t point = plan_.ladders[climb.ladder].points[climb.search.next().value()];
  const auto round = rounds_.find({point, climb.model});
  return {.trial = static_cast<std::uint32_t>(done_),
          .round = round == rounds_.end() ? 0 : round->second,
          .point = point,
          .model = climb.model};
}

// Whose last trial is longest ago, so that the answers of a rung lie as far apart as can be: a machine is disturbed for
// seconds at a time, and five trials in a row are one answer.
std::optional<PlannedTrial> LimitsCourse::next() {
  const Climb* longest_ago = nullptr;
  for (const Climb& climb : climbs_) {
    if ((!longest_ago || climb.last < longest_ago->last) && !is_over(climb)) longest_ago = &climb;
  }
  return longest_ago ? std::optional(next_of(*longest_ago)) : std::nullopt;
}

std::size_t LimitsCourse::planned() const {
  std::size_t planned = done_;
  for (const Climb& climb : climbs_) {
    if (!is_over(climb)) planned += std::max(kAboutTrials, climb.trials + 1) - climb.trials;
  }
  return planned;
}

const LimitsCourse::Climb* LimitsCourse::climb(std::size_t ladder, std::size_t model) const {
  for (const Climb& climb : climbs_) {
    if (climb.ladder == ladder && climb.model == model) return &climb;
  }
  return nullptr;
}

const Search* LimitsCourse::search(std::size_t ladder, std::size_t model) const {
  const Climb* const found = climb(ladder, model);
  return found == nullptr ? nullptr : &found->search;
}

bool LimitsCourse::is_over(std::size_t ladder, std::size_t model) const {
  const Climb* const found = climb(ladder, model);
  return found == nullptr || is_over(*found);
}

}  // namespace interleave
