// Making ladders.
// SPDX-License-Identifier: Apache-2.0
#include "harness/limits/limits_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "harness/plan/items_for.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/text/joined.hpp"

namespace interleave {
namespace {

using std::chrono::microseconds;

constexpr std::chrono::milliseconds kTrial{250};  // where the load is kept up with
constexpr double kPatienceS = 1.5;                // for one that is not

double in_two_digits(double value) {
  const double unit = std::pow(10, std::floor(std::log10(value)) - 1);
  return std::round(value / unit) * unit;
}

Load load_at(const Ladder& ladder, const Workload& workload, double rung, std::uint32_t cores) {
  const Series& series = ladder.load;
  Load load;
  load.workload = workload.about.name;
  load.cores = series.cores == kAllCores ? cores : std::min(series.cores, cores);
  load.in_flight = series.in_flight.empty() ? load.cores : *series.in_flight.begin();
  load.timeout = series.timeout;
  for (const auto& [key, value] : series.parameters) load.parameters.emplace(key, value);
  for (const auto& [key, value] : series.policies) load.policies.emplace(key, value);
  microseconds low = series.delay_low, high = series.delay_high;
  if (ladder.dial == Dial::in_flight) load.in_flight = static_cast<std::uint32_t>(rung);
  if (ladder.dial == Dial::parameter) load.parameters[std::string(ladder.parameter)] = fmt::format("{:.0f}", rung);
  if (ladder.dial == Dial::delay) {
    low = microseconds(std::llround(rung / 2));
    high = microseconds(std::llround(rung * 3 / 2));
  }
  if (high.count() > 0) {
    load.profile.name = "delay";
    load.profile.delay = {.kind = DelayKind::uniform, .low = low, .high = high};
  }
  return load;
}

class LimitsPlanMaker {
 public:
  LimitsPlanMaker(const LimitsRequest& request, std::vector<PlannedModel> models, const MachineLimits& limits)
      : request_(request), limits_(limits) {
    plan_.models = std::move(models);
    plan_.profile = "limits";
    plan_.seed = request.seed;
    plan_.patience_s = kPatienceS;
  }

  Plan make() {
    for (const Workload& workload : known_workloads()) {
      for (const Ladder& ladder : workload.ladders) {
        known_.emplace_back(ladder.name);
        if (is_asked_for(known_.back())) add(workload, ladder);
      }
    }
    for (const std::string& name : request_.ladders) {
      if (std::find(known_.begin(), known_.end(), name) == known_.end())
        throw std::invalid_argument("no ladder is called '" + name + "'; known: " + joined(known_, ", "));
    }
    if (plan_.ladders.empty()) throw std::invalid_argument(joined(plan_.cut, "; "));
    return std::move(plan_);
  }

 private:
  bool is_asked_for(const std::string& name) const {
    const auto& asked = request_.ladders;
    return asked.empty() || std::find(asked.begin(), asked.end(), name) != asked.end();
  }

  void add(const Workload& workload, const Ladder& ladder) {
    PlannedLadder planned{.name = std::string(ladder.name),
                          .said = std::string(ladder.said),
                          .unit = std::string(ladder.unit),
                          .keeps_up = ladder.keeps_up,
                          .most_lag_ms = static_cast<double>(ladder.most_lag.count()),
                          .also = {ladder.also.begin(), ladder.also.end()},
                          .is_a_task = ladder.is_a_task,
                          .values = {},
                          .points = {}};
    const bool connects = workload.about.connects;
    const std::uint32_t cores = connects && limits_.cores > 1 ? limits_.cores - 1 : limits_.cores;
    for (const double rung : rungs_of(ladder)) {
      Load load = load_at(ladder, workload, rung, cores);
      if (connects && load.in_flight > most_in_flight(limits_)) {
        plan_.cut.push_back(fmt::format(
            "the ladder {} {}: this machine allows {} in flight; raise ulimit -n", ladder.name,
            planned.values.empty() ? std::string("is left out") : fmt::format("ends at {:.0f}", planned.values.back()),
            most_in_flight(limits_)));
        break;
      }
      load.items = items_for(load, workload, kTrial);
      planned.values.push_back(rung);
      planned.points.push_back(place_of(point_of(load, workload.about, request_.seed)));
    }
    if (planned.points.empty()) return;
    plan_.ladders.push_back(std::move(planned));
    const auto described = [&](const WorkloadAbout& about) { return about.name == workload.about.name; };
    if (std::none_of(plan_.workloads.begin(), plan_.workloads.end(), described))
      plan_.workloads.push_back(workload.about);
  }

  // Two ladders may ask different things of one load.
  std::size_t place_of(const Point& point) {
    const auto is_it = [&](const Point& each) { return each.id == point.id; };
    const auto found = std::find_if(plan_.points.begin(), plan_.points.end(), is_it);
    if (found != plan_.points.end()) return static_cast<std::size_t>(found - plan_.points.begin());
    plan_.points.push_back(point);
    return plan_.points.size() - 1;
  }

  const LimitsRequest& request_;
  MachineLimits limits_;
  Plan plan_;
  std::vector<std::string> known_;
};

}  // namespace

std::vector<double> rungs_of(const Ladder& ladder) {
  std::vector<double> rungs;
  const double sign = ladder.hardest < ladder.easiest ? -1 : 1;
  const auto add = [&](double value) {
    const double whole = std::max(1.0, std::round(value));
    if (rungs.empty() || (whole - rungs.back()) * sign > 0) rungs.push_back(whole);
  };
  if (ladder.step > 0) {
    for (double value = ladder.easiest; (ladder.hardest - value) * sign > 0; value += sign * ladder.step) add(value);
  } else {
    constexpr double kADecade = 8;
    const double steps = std::abs(std::log10(ladder.hardest / ladder.easiest)) * kADecade;
    for (int i = 0; i < steps; ++i) add(in_two_digits(ladder.easiest * std::pow(10, sign * i / kADecade)));
  }
  add(ladder.hardest);
  return rungs;
}

Plan plan_limits(const LimitsRequest& request, std::vector<PlannedModel> models, const MachineLimits& limits) {
  return LimitsPlanMaker(request, std::move(models), limits).make();
}

}  // namespace interleave
