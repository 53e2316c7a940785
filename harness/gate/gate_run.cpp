// Plans of both sides, and what is measured of them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/gate_run.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

#include "harness/gate/controls.hpp"
#include "harness/gate/counting.hpp"
#include "harness/gate/gate_trials.hpp"
#include "harness/gate/sitting.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/machine/programs.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/verdict/cells.hpp"

namespace interleave {
namespace {

bool is_planned(const Plan& plan, std::size_t point, std::size_t model) {
  return std::any_of(plan.order.begin(), plan.order.end(),
                     [&](const PlannedTrial& trial) { return trial.point == point && trial.model == model; });
}

std::string why_not(const Plan& plan, std::size_t point, std::size_t model) {
  for (const PlannedSkip& skip : plan.skips) {
    if (skip.point == plan.points[point].id && skip.model == plan.models[model].name) return skip.reason;
  }
  return "not there";
}

std::vector<PlannedModel> chosen(const FoundModels& found, const std::vector<std::string>& names) {
  FoundModels known = found;
  std::vector<std::string> there;
  for (const std::string& name : names) {
    const auto is = [&](const PlannedModel& model) { return model.name == name; };
    if (std::any_of(known.models.begin(), known.models.end(), is)) there.push_back(name);
  }
  return there.empty() ? std::vector<PlannedModel>() : choose_models(known, there);
}

// The names that the request means, in either arm.
std::vector<std::string> names_of(const RunRequest& request, const std::array<FoundModels, 2>& found) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  std::vector<std::string> asked = request.models;
  if (asked.empty()) asked = {"four"};
  FoundModels all = found[1];
  for (const PlannedModel& model : found[0].models) {
    const auto is = [&](const PlannedModel& other) { return other.name == model.name; };
    if (std::none_of(all.models.begin(), all.models.end(), is)) all.models.push_back(model);
  }
  for (const PlannedModel& model : choose_models(all, asked)) add(model.name);
  return names;
}

double minutes_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::ratio<60>>(std::chrono::steady_clock::now() - start).count();
}

// Control kernels run where a trial's worker and server would.
GateResult measured(GateTrials& trials, const std::vector<GateCell>& cells, const std::vector<GateGap>& gaps,
                    const GateSetting& setting, const Interrupt& interrupt) {
  const BesideTheServer place;
  const auto controls = [&] {
    interrupt.check();
    return run_controls(setting.controls, place.allowed());
  };
  return sit(trials, controls, cells, gaps, setting);
}

}  // namespace

GatePlan plan_gate(const RunRequest& request, const std::array<FoundModels, 2>& found, const MachineLimits& limits) {
  GatePlan gate;
  std::vector<std::string> common;
  for (const std::string& name : names_of(request, found)) {
    const bool in_base = !chosen(found[0], {name}).empty(), in_head = !chosen(found[1], {name}).empty();
    if (in_base && in_head) common.push_back(name);
    else
      gate.gaps.push_back(
          {"", name, in_base ? "missing: BASE alone has this model" : "new: HEAD alone has this model"});
  }
  if (common.empty()) throw std::invalid_argument("base and head have no model in common that was asked for");
  RunRequest asked = request;
  asked.rounds = 1;
  for (std::size_t side = 0; side < 2; ++side) gate.plans[side] = make_plan(asked, chosen(found[side], common), limits);
  const Plan &base = gate.plans[0], &head = gate.plans[1];
  for (std::size_t point = 0; point < head.points.size(); ++point) {
    for (std::size_t model = 0; model < common.size(); ++model) {
      const bool in_base = is_planned(base, point, model), in_head = is_planned(head, point, model);
      const std::string& load = head.points[point].label;
      if (in_base && in_head) {
        gate.cells.push_back({.point = point,
                              .model = model,
                              .load = load,
                              .name = common[model],
                              .quantities = quantities_of(head, head.points[point])});
      } else if (in_base != in_head) {
        gate.gaps.push_back({load, common[model],
                             in_base ? "missing in HEAD: " + why_not(head, point, model)
                                     : "new in HEAD, in BASE: " + why_not(base, point, model)});
      }
    }
  }
  return gate;
}

bool are_identical(const GatePlan& plan, const std::array<Arm, 2>& arms) {
  const auto fingerprints = [&](std::size_t side) {
    Programs programs{{"interleave", arms[side].program}};  // each side has its own server
    for (const PlannedModel& model : plan.plans[side].models) programs[model.name] = model.executable;
    return fingerprints_of(programs);
  };
  return fingerprints(0) == fingerprints(1);
}

GateTime expected_time(const GatePlan& plan, const GateRules& rules) {
  constexpr double kStart = 0.12, kControls = 0.35;  // seconds of a trial beside its run, and of a sweep's controls
  double sweep = 4 * kControls;
  for (const GateCell& cell : plan.cells) {
    const Load& load = plan.plans[1].points[cell.point].load;
    sweep += 4 * (kStart + std::chrono::duration<double>(known_workload(load.workload).ideal(load)).count() +
                  1e-5 * load.items);
  }
  const auto rounds = [&](double count) { return std::chrono::seconds(std::llround(count * sweep)); };
  return {rounds(std::min(rules.first_rounds, rules.rounds)), rounds(rules.rounds)};
}

GateResult run_gate(GatePlan plan, const GateSetting& setting, const Interrupt& interrupt) {
  const auto started = std::chrono::steady_clock::now();
  const Scratch scratch;
  const bool identical = are_identical(plan, setting.arms);
  GateResult counted = count_items(plan, setting, scratch.path(), interrupt);
  for (Plan& of_side : plan.plans) of_side.seed = setting.seed;  // of paddings
  const auto trials = model_trials(std::move(plan.plans), setting.arms, scratch.path(), interrupt);
  const std::vector<GateCell> cells = setting.times ? std::move(plan.cells) : std::vector<GateCell>();
  GateResult result = measured(*trials, cells, plan.gaps, setting, interrupt);
  result.identical = identical && setting.inject == 0 && setting.inject_calls + setting.inject_allocations == 0;
  result.times = setting.times;
  result.counted = std::move(counted.counted);
  result.uncounted = std::move(counted.uncounted);
  std::move(counted.gaps.begin(), counted.gaps.end(), std::back_inserter(result.gaps));
  std::move(counted.left_out.begin(), counted.left_out.end(), std::back_inserter(result.left_out));
  result.minutes = minutes_since(started);
  return result;
}

GateResult run_command_gate(const std::array<std::string, 2>& commands, const GateSetting& setting,
                            const Interrupt& interrupt) {
  const auto started = std::chrono::steady_clock::now();
  const Scratch scratch;
  const auto trials = command_trials(commands, setting.seed, scratch.path(), interrupt);
  GateCell cell{.load = "both commands", .name = "command"};
  cell.quantities = quantities_of_commands();
  GateResult result = measured(*trials, {cell}, {}, setting, interrupt);
  result.identical = commands[0] == commands[1];
  result.minutes = minutes_since(started);
  return result;
}

}  // namespace interleave
