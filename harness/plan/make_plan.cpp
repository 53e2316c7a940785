// Choosing points and models, and putting trials in order.
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/make_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/http/crc32c.hpp"
#include "harness/http/fate.hpp"
#include "harness/load/arrivals.hpp"
#include "harness/load/offload_policy.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/plan/chosen_grid.hpp"
#include "harness/plan/profiles.hpp"
#include "harness/plan/settings.hpp"
#include "harness/plan/williams.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/text/parameters.hpp"

namespace interleave {
namespace {

using std::chrono::microseconds;

constexpr std::uint32_t kMostInFlight = 10'000'000;

std::string span_text(microseconds low, microseconds high) {
  const bool in_ms = low.count() % 1000 == 0 && high.count() % 1000 == 0;
  const auto text = [&](microseconds t) { return in_ms ? t.count() / 1000 : t.count(); };
  const std::string unit = in_ms ? "ms" : "us";
  return low == high ? fmt::format("{}{}", text(low), unit) : fmt::format("{}-{}{}", text(low), text(high), unit);
}

std::string time_text(microseconds time) { return span_text(time, time); }

// What --server-profile and --set leave of a profile's name and delays says little: the rest goes in as a check sum.
std::string profile_text(const Profile& profile) {
  std::string text = profile.name;
  if (profile.delay.kind != DelayKind::none) text += "_" + span_text(profile.delay.low, profile.delay.high);
  Profile plain;
  plain.name = profile.name;
  plain.delay.kind = profile.delay.kind;
  plain.delay.low = profile.delay.low;
  plain.delay.high = profile.delay.high;
  const std::string whole = nlohmann::json(profile).dump();
  return whole == nlohmann::json(plain).dump() ? text : fmt::format("{}_{:08x}", text, crc32c(0, whole));
}

// Everything but how many items: where two series meet in one load, the nearer one says that.
std::string key_of(const Load& load, bool connects) {
  std::string key = load.workload;
  if (connects) key += fmt::format("-{}-t{}", profile_text(load.profile), time_text(load.timeout));
  for (const auto& [name, value] : load.parameters) key += fmt::format("-{}_{}", name, value);
  for (const auto& [name, value] : load.policies) key += fmt::format("-{}_{}", name, value);
  return key + fmt::format("-c{}-k{}", load.in_flight, load.cores);
}

std::string series_of(const Load& load, bool connects) {
  std::string series = load.workload;
  if (connects) series += fmt::format(" {}", load.profile.name);
  if (connects && load.profile.delay.kind != DelayKind::none) {
    series += fmt::format(" {}", span_text(load.profile.delay.low, load.profile.delay.high));
  }
  if (connects && load.timeout != Load().timeout) series += fmt::format(", limit {}", time_text(load.timeout));
  for (const auto& [key, value] : load.parameters) series += fmt::format(", {} {}", key, value);
  for (const auto& [key, value] : load.policies) series += fmt::format(", {} {}", key, value);
  return series;
}

std::string label_of(const std::string& series, const Load& load) {
  const std::string label = fmt::format("{}, {} in flight", series, load.in_flight);
  return load.cores == 1 ? label : label + fmt::format(", {} cores", load.cores);
}

RanksBy ranking_of(const Load& load, const WorkloadAbout& about) {
  if (about.arrives && Arrivals::asked_by(load)) return RanksBy::latency;
  if (about.ranks == Ranks::makespan) return RanksBy::makespan;
  if (about.ranks == Ranks::keeping_up) return RanksBy::cpu_keeping_up;
  if (load.in_flight == 1) return RanksBy::none;  // two wake-ups of the machine, whatever the model
  return load.profile.delay.kind == DelayKind::none ? RanksBy::cpu_per_item : RanksBy::cpu_keeping_up;
}

// All but how many items.
Point unnamed_point(const Load& load, const WorkloadAbout& about) {
  const std::string series = series_of(load, about.connects);
  return {.id = key_of(load, about.connects),
          .series = series,
          .label = label_of(series, load),
          .said = "",
          .load = load,
          .ranks_by = ranking_of(load, about)};
}

// A point's seed comes from what it is, so that a point more or less changes nothing for the others.
void name(Point& point, std::uint64_t run_seed) {
  point.id += fmt::format("-n{}", point.load.items);
  const std::uint64_t name = crc32c(0, point.id);
  point.load.seed = mix64(run_seed, name) >> 32;  // 32 bits, so that every tool reads it exactly
}

std::uint32_t cores_asked(const std::string& text, std::uint32_t series_cores, std::uint32_t most) {
  if (text.empty()) return series_cores == kAllCores ? most : std::min(series_cores, most);
  if (text == "all") return most;
  const std::uint64_t cores = whole_number("--cores", text, {1, 65'535});
  if (cores > most) throw std::invalid_argument(fmt::format("--cores {}: a model can have {} here", cores, most));
  return static_cast<std::uint32_t>(cores);
}

class PlanMaker {
 public:
  PlanMaker(const RunRequest& request, std::vector<PlannedModel> models, const MachineLimits& limits)
      : request_(request), limits_(limits) {
    plan_.models = std::move(models);
  }

  Plan make() {
    RunProfile profile = run_profile_named(request_.profile);
    plan_.profile = profile.name;
    plan_.seed = request_.seed;
    plan_.rounds = request_.rounds.value_or(profile.rounds);
    plan_.racing = profile.racing;
    plan_.patience_s = std::chrono::duration<double>(profile.patience).count();
    if (plan_.rounds == 0) throw std::invalid_argument("--rounds is at least 1");
    std::vector<GridLine> grid = chosen_grid(request_, profile);
    apply_settings(grid, request_.settings, plan_.models);
    for (const GridLine& line : grid) add(line);
    name_points();
    order();
    return std::move(plan_);
  }

 private:
  void add(const GridLine& line) {
    const WorkloadAbout& about = line.workload->about;
    const std::uint32_t most = about.connects && limits_.cores > 1 ? limits_.cores - 1 : limits_.cores;
    const std::uint32_t cores = cores_asked(request_.cores, line.cores, most);
    std::vector<std::uint32_t> axis = request_.in_flight.empty() ? line.in_flight : request_.in_flight;
    if (axis.empty()) axis = {cores};
    for (const std::uint32_t in_flight : axis) {
      if (in_flight < 1 || in_flight > kMostInFlight) {
        throw std::invalid_argument(fmt::format("--in-flight {} is not in 1..{}", in_flight, kMostInFlight));
      }
      Load load;
      load.workload = about.name;
      load.items = std::max(line.least_items, line.items_per_lane * in_flight);
      load.in_flight = in_flight;
      load.cores = cores;
      load.timeout = line.timeout;
      load.parameters = line.parameters;
      load.policies = line.policies;
      if (about.connects) load.profile = line.profile;
      add(load, about, distance(line, in_flight), said(line, load));
    }
  }

  // True of what the series itself says, and of nothing that was changed.
  std::string said(const GridLine& line, const Load& load) const {
    if (line.said.empty() || !request_.settings.empty() || !request_.server_profile.empty()) return "";
    if (line.workload->about.lanes == Lanes::cores)
      return line.said + (load.cores == 1 ? ", 1 core" : fmt::format(", {} cores", load.cores));
    return fmt::format("{}, {} at once", line.said, load.in_flight);
  }

  // How far an in_flight is from those the series was made for, in doublings.
  static double distance(const GridLine& series, std::uint32_t in_flight) {
    double least = series.in_flight.empty() ? 0 : 1e9;
    for (const std::uint32_t own : series.in_flight) {
      least = std::min(least, std::abs(std::log2(static_cast<double>(std::max(in_flight, 1U)) / own)));
    }
    return least;
  }

  void add(const Load& load, const WorkloadAbout& about, double distance, const std::string& said) {
    if (load.in_flight > load.items) {
      throw std::invalid_argument(
          fmt::format("in_flight {} exceeds items {}: give more items (--set items=N)", load.in_flight, load.items));
    }
    const std::string key = key_of(load, about.connects);
    const auto met = std::find(keys_.begin(), keys_.end(), key);
    if (met != keys_.end()) {  // two series met in one load: the nearer one says how many items
      const auto at = static_cast<std::size_t>(met - keys_.begin());
      if (distance < distances_[at]) {
        distances_[at] = distance;
        plan_.points[at].load.items = load.items;
      }
      return;
    }
    plan_.points.push_back(unnamed_point(load, about));
    plan_.points.back().said = said;
    keys_.push_back(key);
    distances_.push_back(distance);
  }

  void name_points() {
    for (Point& point : plan_.points) {
      name(point, request_.seed);
      const Workload& workload = known_workload(point.load.workload);
      const auto described = [&](const WorkloadAbout& about) { return about.name == workload.about.name; };
      if (std::none_of(plan_.workloads.begin(), plan_.workloads.end(), described))
        plan_.workloads.push_back(workload.about);
      if (workload.about.connects && point.load.in_flight > most_in_flight(limits_)) {
        beyond_limits(point);
        continue;
      }
      nanoseconds ideal{0};
      try {
        ideal = workload.ideal(point.load);  // throws where a parameter is no good
      } catch (const TooFast& error) {
        beyond_[point.id] = error.what();
      }
      if (ideal.count() == 0 && point.ranks_by == RanksBy::cpu_keeping_up) point.ranks_by = RanksBy::cpu_per_item;
      offload_policy(point.load.policies, point.load.cores);  // likewise
    }
  }

  // Such a point stays in the plan, where every model is skipped with the reason.
  void beyond_limits(const Point& point) {
    beyond_[point.id] =
        fmt::format("in_flight {} is above what this machine allows: {} (descriptors {}, ports {}); raise ulimit -n",
                    point.load.in_flight, most_in_flight(limits_), limits_.descriptors, limits_.ports);
  }

  std::optional<std::string> why_skipped(const PlannedModel& model, const Point& point) const {
    if (const auto beyond = beyond_.find(point.id); beyond != beyond_.end()) return beyond->second;
    return why_not_offered(model, point.load);
  }

  void order() {
    const auto n = static_cast<std::uint32_t>(plan_.models.size());
    plan_.block = n % 2 == 0 ? n : 2 * n;
    std::vector<std::vector<std::size_t>> competing;  // for each point, the models that can run it
    std::vector<std::vector<std::vector<std::uint32_t>>> rounds;
    for (std::size_t p = 0; p < plan_.points.size(); ++p) {
      competing.emplace_back();
      for (std::size_t m = 0; m < plan_.models.size(); ++m) {
        if (const auto why = why_skipped(plan_.models[m], plan_.points[p])) {
          plan_.skips.push_back({plan_.models[m].name, plan_.points[p].id, *why});
        } else {
          competing.back().push_back(m);
        }
      }
      rounds.push_back(competing[p].empty() ? std::vector<std::vector<std::uint32_t>>(plan_.rounds)
                                            : williams_rounds(static_cast<std::uint32_t>(competing[p].size()),
                                                              plan_.rounds, mix64(plan_.seed, p + 1)));
    }
    const std::size_t points = plan_.points.size();
    for (std::uint32_t round = 0; round < plan_.rounds; ++round) {
      for (std::size_t place = 0; place < points; ++place) {
        const std::size_t p = permuted(mix64(plan_.seed ^ 0x70616365, round), points, place);
        for (const std::uint32_t row : rounds[p][round]) {
          plan_.order.push_back({.trial = static_cast<std::uint32_t>(plan_.order.size()),
                                 .round = round,
                                 .point = p,
                                 .model = competing[p][row]});
        }
      }
    }
    if (!plan_.order.empty()) return;
    throw std::invalid_argument(
        "nothing to run: " + (beyond_.empty() ? "no chosen model offers a chosen workload" : beyond_.begin()->second));
  }

  const RunRequest& request_;
  MachineLimits limits_;
  Plan plan_;
  std::map<std::string, std::string> beyond_;  // points that no model can run here, and why
  std::vector<std::string> keys_;              // of each point
  std::vector<double> distances_;              // of each point, from the in_flights its series was made for
};

}  // namespace

std::uint32_t most_in_flight(const MachineLimits& limits) {
  const std::uint64_t descriptors = limits.descriptors > 64 ? limits.descriptors - 64 : 1;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>({descriptors, limits.ports, UINT32_MAX}));
}

std::optional<std::string> why_not_offered(const PlannedModel& model, const Load& load) {
  const auto& offers = model.workloads;
  if (std::find(offers.begin(), offers.end(), load.workload) == offers.end()) {
    for (const auto& [workload, why] : model.skips) {
      if (workload == load.workload) return why;
    }
    return "does not offer this workload";
  }
  for (const auto& [key, value] : load.policies) {
    if (std::find(model.policies.begin(), model.policies.end(), key) == model.policies.end())
      return "has no policy " + key;
  }
  return std::nullopt;
}

Point point_of(Load load, const WorkloadAbout& about, std::uint64_t run_seed) {
  Point point = unnamed_point(load, about);
  name(point, run_seed);
  return point;
}

Plan make_plan(const RunRequest& request, std::vector<PlannedModel> models, const MachineLimits& limits) {
  return PlanMaker(request, std::move(models), limits).make();
}

std::chrono::seconds expected_time(const Plan& plan) {
  std::map<std::size_t, double> seconds;  // of one trial at each point that has any
  for (const PlannedTrial& trial : plan.order) {
    if (seconds.count(trial.point) > 0) continue;
    const Point& point = plan.points[trial.point];
    const Workload& workload = known_workload(point.load.workload);
    const bool connects = workload.about.connects;
    const std::chrono::duration<double> ideal = workload.ideal(point.load);
    // Where very many are asked for, only loops run them, whose lanes are made in microseconds.
    const double start = 0.02 + std::min(2.0, point.load.in_flight * (connects ? 150e-6 : 30e-6));
    const double item = ideal.count() > 0 ? 0 : connects ? 12e-6 : 2e-6;  // where nothing waits
    seconds[trial.point] = start + 1.05 * ideal.count() + point.load.items * item;
  }
  double sum = 0;
  for (const PlannedTrial& trial : plan.order) sum += seconds[trial.point];
  return std::chrono::seconds(static_cast<std::int64_t>(sum) + 1);
}

}  // namespace interleave
