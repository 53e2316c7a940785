// Choosing points and models, and putting trials in order.
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/make_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "harness/http/fate.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/plan/known_workloads.hpp"
#include "harness/plan/profiles.hpp"
#include "harness/plan/settings.hpp"
#include "harness/plan/williams.hpp"
#include "harness/text/parameters.hpp"
#include "harness/worker/offload.hpp"

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

std::string id_of(const Load& load, bool connects) {
  std::string id = load.workload;
  if (connects) id += fmt::format("-{}", load.profile.name);
  if (connects && load.profile.delay.kind != DelayKind::none) {
    id += fmt::format("_{}", span_text(load.profile.delay.low, load.profile.delay.high));
  }
  for (const auto& [key, value] : load.parameters) id += fmt::format("-{}_{}", key, value);
  for (const auto& [key, value] : load.policies) id += fmt::format("-{}_{}", key, value);
  return id + fmt::format("-c{}-k{}", load.in_flight, load.cores);
}

std::string series_of(const Load& load, bool connects) {
  std::string series = load.workload;
  if (connects) series += fmt::format(" {}", load.profile.name);
  if (connects && load.profile.delay.kind != DelayKind::none) {
    series += fmt::format(" {}", span_text(load.profile.delay.low, load.profile.delay.high));
  }
  for (const auto& [key, value] : load.parameters) series += fmt::format(", {} {}", key, value);
  for (const auto& [key, value] : load.policies) series += fmt::format(", {} {}", key, value);
  return series;
}

std::string label_of(const std::string& series, const Load& load) {
  const std::string label = fmt::format("{}, {} in flight", series, load.in_flight);
  return load.cores == 1 ? label : label + fmt::format(", {} cores", load.cores);
}

RanksBy ranking_of(const Load& load, bool connects) {
  if (!connects) return load.workload == "compute" ? RanksBy::makespan : RanksBy::efficiency;
  if (load.in_flight == 1) return RanksBy::none;  // two wake-ups of the machine, whatever the model
  if (known_workload(load.workload).offloads) return RanksBy::makespan;  // its ideal is partly calibrated
  return load.profile.delay.kind == DelayKind::none ? RanksBy::cpu_per_item : RanksBy::efficiency;
}

std::vector<Series> chosen_grid(const RunRequest& request, const RunProfile& profile) {
  std::vector<Series> grid;
  for (const std::string& name : request.workloads) known_workload(name);
  for (const Series& series : profile.grid) {
    const auto& names = request.workloads;
    if (names.empty() || std::find(names.begin(), names.end(), series.workload) != names.end()) grid.push_back(series);
  }
  return grid;
}

void set_server_profile(std::vector<Series>& grid, const RunRequest& request) {
  if (request.server_profile.empty()) return;
  const Profile profile = profile_named(request.server_profile, request.time_scale);
  bool any = false;
  for (Series& series : grid) {
    if (!known_workload(series.workload).connects) continue;
    any = true;
    series.profile = profile;
    if (profile.delay.kind != DelayKind::none) series.items_per_lane = 10, series.least_items = 1;
    const auto hangs = [](const FaultShare& share) { return share.fault == Fault::hang; };
    const bool may_hang = std::any_of(profile.faults.begin(), profile.faults.end(), hangs);
    if (may_hang) series.timeout = std::max(microseconds(1'000'000), 2 * profile.delay.high);
  }
  if (!any) throw std::invalid_argument("--server-profile: no chosen workload connects, so it would change nothing");
}

std::uint32_t cores_asked(const std::string& text, std::uint32_t series_cores, std::uint32_t most) {
  if (text.empty()) return series_cores == kAllCores ? most : std::min(series_cores, most);
  if (text == "all") return most;
  const std::int64_t cores = whole_number({{"--cores", text}}, "--cores", 1);
  if (cores < 1) throw std::invalid_argument("--cores takes 1, all or a number of cores, not " + text);
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
    if (plan_.rounds == 0) throw std::invalid_argument("--rounds is at least 1");
    std::vector<Series> grid = chosen_grid(request_, profile);
    set_server_profile(grid, request_);
    apply_settings(grid, request_.settings, plan_.models);
    for (const Series& series : grid) add(series);
    order();
    return std::move(plan_);
  }

 private:
  void add(const Series& series) {
    const bool connects = known_workload(series.workload).connects;
    const std::uint32_t most = connects && limits_.cores > 1 ? limits_.cores - 1 : limits_.cores;
    const std::uint32_t cores = cores_asked(request_.cores, series.cores, most);
    std::vector<std::uint32_t> axis = request_.in_flight.empty() ? series.in_flight : request_.in_flight;
    if (axis.empty()) axis = {cores};
    for (const std::uint32_t in_flight : axis) {
      if (in_flight < 1 || in_flight > kMostInFlight) {
        throw std::invalid_argument(fmt::format("--in-flight {} is not in 1..{}", in_flight, kMostInFlight));
      }
      Load load;
      load.workload = series.workload;
      load.items = std::max(series.least_items, series.items_per_lane * in_flight);
      load.in_flight = in_flight;
      load.cores = cores;
      load.timeout = series.timeout;
      load.parameters = series.parameters;
      load.policies = series.policies;
      if (connects) load.profile = series.profile;
      add(load, connects, distance(series, in_flight));
    }
  }

  // How far an in_flight is from those the series was made for, in doublings.
  static double distance(const Series& series, std::uint32_t in_flight) {
    double least = series.in_flight.empty() ? 0 : 1e9;
    for (const std::uint32_t own : series.in_flight) {
      least = std::min(least, std::abs(std::log2(static_cast<double>(std::max(in_flight, 1U)) / own)));
    }
    return least;
  }

  void add(Load load, bool connects, double distance) {
    if (load.in_flight > load.items) {
      throw std::invalid_argument(
          fmt::format("in_flight {} exceeds items {}: give more items (--set items=N)", load.in_flight, load.items));
    }
    const std::string series = series_of(load, connects);
    Point point{id_of(load, connects), label_of(series, load), load, ranking_of(load, connects), series};
    const auto same = [&](const Point& other) { return other.id == point.id; };
    const auto met = std::find_if(plan_.points.begin(), plan_.points.end(), same);
    if (met != plan_.points.end()) {  // two series met in one load: the nearer one says how many items
      double& held = distances_[static_cast<std::size_t>(met - plan_.points.begin())];
      if (distance < held) held = distance, met->load.items = load.items;
      return;
    }
    point.load.seed = mix64(request_.seed, plan_.points.size()) >> 32;  // 32 bits, so that every tool reads it exactly
    if (connects && load.in_flight > most_in_flight(limits_)) return beyond_limits(point);
    known_workload(load.workload).ideal(point.load);  // throws where a parameter is no good
    offload_policy(load.policies, load.cores);        // likewise
    plan_.points.push_back(std::move(point));
    distances_.push_back(distance);
  }

  void beyond_limits(const Point& point) {
    const std::string why =
        fmt::format("in_flight {} is above what this machine allows: {} (descriptors {}, ports {}); raise ulimit -n",
                    point.load.in_flight, most_in_flight(limits_), limits_.descriptors, limits_.ports);
    if (!request_.in_flight.empty()) throw std::invalid_argument(why);
    for (const PlannedModel& model : plan_.models) plan_.skips.push_back({model.name, point.id, why});
  }

  std::optional<std::string> why_skipped(const PlannedModel& model, const Point& point) const {
    const auto& offers = model.workloads;
    if (std::find(offers.begin(), offers.end(), point.load.workload) != offers.end())
      return without_policy(model, point);
    for (const auto& [workload, why] : model.skips) {
      if (workload == point.load.workload) return why;
    }
    return "does not offer this workload";
  }

  static std::optional<std::string> without_policy(const PlannedModel& model, const Point& point) {
    for (const auto& [key, value] : point.load.policies) {
      if (std::find(model.policies.begin(), model.policies.end(), key) == model.policies.end())
        return "has no policy " + key;
    }
    return std::nullopt;
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
          plan_.order.push_back({static_cast<std::uint32_t>(plan_.order.size()), round, p, competing[p][row]});
        }
      }
    }
    if (plan_.order.empty()) throw std::invalid_argument("nothing to run: no chosen model offers a chosen workload");
  }

  const RunRequest& request_;
  MachineLimits limits_;
  Plan plan_;
  std::vector<double> distances_;  // of each point, from the in_flights its series was made for
};

}  // namespace

std::uint32_t most_in_flight(const MachineLimits& limits) {
  const std::uint64_t descriptors = limits.descriptors > 64 ? limits.descriptors - 64 : 1;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>({descriptors, limits.ports, UINT32_MAX}));
}

Plan make_plan(const RunRequest& request, std::vector<PlannedModel> models, const MachineLimits& limits) {
  return PlanMaker(request, std::move(models), limits).make();
}

std::chrono::seconds expected_time(const Plan& plan) {
  std::vector<double> seconds;  // of one trial at each point
  for (const Point& point : plan.points) {
    const KnownWorkload& workload = known_workload(point.load.workload);
    const std::chrono::duration<double> ideal = workload.ideal(point.load);
    const double start = 0.02 + point.load.in_flight * (workload.connects ? 150e-6 : 30e-6);
    const double item = ideal.count() > 0 ? 0 : workload.connects ? 12e-6 : 2e-6;  // where nothing waits
    seconds.push_back(start + 1.05 * ideal.count() + point.load.items * item);
  }
  double sum = 0;
  for (const PlannedTrial& trial : plan.order) sum += seconds[trial.point];
  return std::chrono::seconds(static_cast<std::int64_t>(sum) + 1);
}

}  // namespace interleave
