// The loads around a question.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "harness/advice/advice.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/plan/items_for.hpp"
#include "harness/plan/williams.hpp"
#include "harness/plan/workload_registry.hpp"

namespace interleave {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::uint32_t kRounds = 6, kRoundsAround = 2;
constexpr double kPatienceS = 1.5;

// One whose items ask the server and, if need be, compute on the reply.
const Workload& workload_for(const Question& question) {
  const bool computes = question.cpu.count() > 0;
  const auto& known = known_workloads();
  const auto fits = [&](const Workload& each) {
    return each.about.connects && each.about.arrives && each.about.computes == computes;
  };
  const auto found = std::find_if(known.begin(), known.end(), fits);
  if (found == known.end()) throw std::invalid_argument("no workload is known that waits and computes");
  return *found;
}

class AdvicePlanMaker {
 public:
  AdvicePlanMaker(const Question& question, std::vector<PlannedModel> models, const MachineLimits& limits)
      : question_(question), workload_(workload_for(question)), limits_(limits) {
    plan_.models = std::move(models);
    plan_.profile = "advise";
    plan_.seed = question.seed;
    plan_.rounds = kRounds;
    plan_.patience_s = kPatienceS;
    plan_.workloads = {workload_.about};
  }

  Plan make() {
    const std::uint32_t most_cores = limits_.cores > 1 ? limits_.cores - 1 : 1;
    if (question_.cores < 1 || question_.cores > most_cores) {
      throw std::invalid_argument(
          fmt::format("--cores {}: a model can have {} here, beside the server", question_.cores, most_cores));
    }
    if (question_.in_flight > most_in_flight(limits_)) {
      throw std::invalid_argument(fmt::format("--in-flight {}: this machine allows {}; raise ulimit -n",
                                              question_.in_flight, most_in_flight(limits_)));
    }
    add(question_.in_flight, question_.wait, question_.cpu);
    for (const double factor : {0.5, 2.0}) {
      const auto turned = [factor](microseconds time) {
        return microseconds(std::llround(factor * static_cast<double>(time.count())));
      };
      const double in_flight = std::max(1.0, factor * question_.in_flight);
      if (in_flight <= most_in_flight(limits_))
        add(static_cast<std::uint32_t>(in_flight), question_.wait, question_.cpu);
      if (question_.wait.count() > 0) add(question_.in_flight, turned(question_.wait), question_.cpu);
      if (question_.cpu.count() > 0) add(question_.in_flight, question_.wait, turned(question_.cpu));
    }
    order();
    require_time();
    return std::move(plan_);
  }

 private:
  void add(std::uint32_t in_flight, microseconds wait, microseconds cpu) {
    Load load;
    load.workload = workload_.about.name;
    load.in_flight = in_flight;
    load.cores = question_.cores;
    if (wait.count() > 0) {
      load.profile.name = "delay";
      load.profile.delay = {.kind = DelayKind::uniform, .low = wait / 2, .high = wait * 3 / 2};
      load.timeout = std::max<microseconds>(load.timeout, wait * 4);
    }
    if (cpu.count() > 0) load.parameters["work"] = fmt::format("{}us", cpu.count());
    load.items = items_for(load, workload_, milliseconds(250));
    const Point point = point_of(load, workload_.about, plan_.seed);
    const auto is_it = [&](const Point& each) { return each.id == point.id; };
    if (std::none_of(plan_.points.begin(), plan_.points.end(), is_it)) plan_.points.push_back(point);
  }

  // Of a question whose one round takes longer than there is time nothing would be known.
  void require_time() const {
    const auto models = std::count_if(plan_.order.begin(), plan_.order.end(),
                                      [](const PlannedTrial& trial) { return trial.point == 0 && trial.round == 0; });
    const std::chrono::duration<double> round = workload_.ideal(plan_.points.front().load) * models;
    if (round <= kAdviceTime) return;
    throw std::invalid_argument(fmt::format(
        "one look at that load takes {:.0f} s at least, and there is a minute: ask for fewer in flight, or less "
        "waiting or computing",
        round.count()));
  }

  void order() {
    std::vector<std::uint32_t> able;
    for (std::uint32_t model = 0; model < plan_.models.size(); ++model) {
      if (const auto why = why_not_offered(plan_.models[model], plan_.points.front().load)) {
        for (const Point& point : plan_.points) plan_.skips.push_back({plan_.models[model].name, point.id, *why});
      } else {
        able.push_back(model);
      }
    }
    if (able.empty()) throw std::invalid_argument("no chosen model can run it");
    const auto n = static_cast<std::uint32_t>(able.size());
    plan_.block = n % 2 == 0 ? n : 2 * n;
    std::vector<std::vector<std::vector<std::uint32_t>>> rows;
    for (std::size_t point = 0; point < plan_.points.size(); ++point)
      rows.push_back(williams_rounds(n, kRounds, mix64(plan_.seed, point + 1)));
    for (std::uint32_t round = 0; round < kRounds; ++round) {
      for (std::size_t point = 0; point < plan_.points.size(); ++point) {
        if (point > 0 && round >= kRoundsAround) continue;
        for (const std::uint32_t place : rows[point][round]) {
          plan_.order.push_back({.trial = static_cast<std::uint32_t>(plan_.order.size()),
                                 .round = round,
                                 .point = point,
                                 .model = able[place]});
        }
      }
    }
  }

  const Question& question_;
  const Workload& workload_;
  MachineLimits limits_;
  Plan plan_;
};

}  // namespace

Plan plan_advice(const Question& question, std::vector<PlannedModel> models, const MachineLimits& limits) {
  return AdvicePlanMaker(question, std::move(models), limits).make();
}

std::string longer_look(const Plan& plan, const Question& question) {
  const Load& load = plan.points.front().load;
  std::string text =
      fmt::format("--workloads {} --in-flight {},{},{} --cores {} --profile standard", load.workload,
                  std::max(1U, question.in_flight / 2), question.in_flight, 2 * question.in_flight, question.cores);
  if (question.wait.count() > 0)
    text += fmt::format(" --set delay={}us..{}us", load.profile.delay.low.count(), load.profile.delay.high.count());
  if (question.cpu.count() > 0) text += fmt::format(" --set work={}us", question.cpu.count());
  return text;
}

}  // namespace interleave
