// Climbing.
// SPDX-License-Identifier: Apache-2.0
#include "harness/limits/limits_course.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/judge/reason.hpp"
#include "harness/plan/make_plan.hpp"
#include "harness/verdict/cells.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr std::size_t kAboutTrials = 13;  // that a climb takes
constexpr std::size_t kMostLost = 4;      // of one climb

// The model had its cores to the full, so that it cannot have been the server that was too slow.
bool was_busy(const Plan& plan, const json& trial) {
  const auto is_it = [&](const Point& point) { return point.id == trial.at("point"); };
  const auto point = std::find_if(plan.points.begin(), plan.points.end(), is_it);
  const double makespan = number_at(trial, "/tape/makespan_ns");
  return makespan > 0 && number_at(trial, "/worker/cpu_run_ns/total") > 0.9 * makespan * point->load.cores;
}

RungAnswer failed(const Plan& plan, const json& trial, const char* by, std::string text) {
  const bool server = trial.at("server_limited").get<bool>() && !was_busy(plan, trial);
  return {.ended_by = server ? "server" : by,
          .text = server ? "the server was at its own end: " + text : std::move(text)};
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
    return failed(plan, trial, reason.check == check::kOverloaded ? "overloaded" : "unsustained", reason.text);
  }
  const double efficiency = number_at(trial, "/efficiency"), lag_ms = number_at(trial, "/worker/loop_lag_ns/p99") / 1e6;
  if (ladder.keeps_up > 0 && efficiency < ladder.keeps_up) {
    return failed(plan, trial, "too_slow",
                  fmt::format("{:.0f} % of the ideal, asked are {:.0f}", 100 * efficiency, 100 * ladder.keeps_up));
  }
  if (ladder.most_lag_ms > 0 && lag_ms > ladder.most_lag_ms) {
    return {.ended_by = "lag",
            .text = fmt::format("its loop is {:.1f} ms late (p99), asked are {:.0f}", lag_ms, ladder.most_lag_ms)};
  }
  return {.holds = true, .ended_by = "", .text = ""};
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
    const RungAnswer answer = answer_of(plan_, ladder, trial);
    if (answer.counts)
      climb.search.add(static_cast<std::size_t>(at - ladder.points.begin()), answer.holds, answer.is_sure);
    else ++climb.lost;
  }
}

bool LimitsCourse::is_over(const Climb& climb) const { return climb.lost >= kMostLost || !climb.search.next(); }

std::optional<PlannedTrial> LimitsCourse::next_of(const Climb& climb) const {
  if (is_over(climb)) return std::nullopt;
  const std::size_t point = plan_.ladders[climb.ladder].points[*climb.search.next()];
  const auto round = rounds_.find({point, climb.model});
  return PlannedTrial{.trial = static_cast<std::uint32_t>(done_),
                      .round = round == rounds_.end() ? 0 : round->second,
                      .point = point,
                      .model = climb.model};
}

// The turn follows from how many trials there were, so that a resumed search goes on where it was.
std::optional<PlannedTrial> LimitsCourse::next() {
  for (std::size_t i = 0; i < climbs_.size(); ++i) {
    if (const auto trial = next_of(climbs_[(done_ + i) % climbs_.size()])) return trial;
  }
  return std::nullopt;
}

std::size_t LimitsCourse::planned() const {
  const auto open = std::count_if(climbs_.begin(), climbs_.end(), [&](const Climb& climb) { return !is_over(climb); });
  return std::max(kAboutTrials * climbs_.size(), done_ + static_cast<std::size_t>(open));
}

const Search* LimitsCourse::search(std::size_t ladder, std::size_t model) const {
  for (const Climb& climb : climbs_) {
    if (climb.ladder == ladder && climb.model == model) return &climb.search;
  }
  return nullptr;
}

}  // namespace interleave
