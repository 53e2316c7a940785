// Blocks of trials, stage by stage.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/gate_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "harness/gate/controls.hpp"
#include "harness/gate/counting.hpp"
#include "harness/gate/gate_trials.hpp"
#include "harness/http/fate.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/machine/programs.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/trial/child.hpp"
#include "harness/verdict/cells.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::uint32_t kCalibrating = 3;         // trials of base, for --inject
constexpr std::uint32_t kGivenUp = 3;             // rounds without a whole one, after which a cell is left
constexpr std::uint32_t kControlCell = 1U << 20;  // beyond all cells, in lots

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

class Sitting {
 public:
  Sitting(GateTrials& trials, std::vector<GateCell> cells, std::vector<GateGap> gaps, const GateSetting& setting,
          const Interrupt& interrupt)
      : trials_(trials), cells_(std::move(cells)), gaps_(std::move(gaps)), setting_(setting), interrupt_(interrupt) {}

  GateResult run() {
    GateResult result = attempt(1);
    if (!result.contaminated.empty()) {
      setting_.tell(fmt::format("contaminated: {}; once more", result.contaminated));
      result = attempt(2);
    }
    return result;
  }

 private:
  using Cells = std::vector<std::size_t>;  // places in the result

  GateResult attempt(std::uint32_t number) {
    attempt_ = number;
    trials_.begin_attempt();
    GateResult result;
    result.base = setting_.names[0];
    result.head = setting_.names[1];
    result.rules = setting_.rules;
    result.seed = setting_.seed;
    result.injected = setting_.inject;
    result.injected_calls = setting_.inject_calls;
    result.injected_allocations = setting_.inject_allocations;
    result.attempts = number;
    result.cells = cells_;
    result.gaps = gaps_;
    for (GateCell& cell : result.cells) {
      cell.injected_calls = setting_.inject_calls;
      cell.injected_allocations = setting_.inject_allocations;
    }
    if (setting_.inject > 0) calibrate(result);
    if (!result.cells.empty()) measure(result);
    return result;
  }

  void measure(GateResult& result) {
    const GateRules& rules = setting_.rules;
    Cells active(result.cells.size());
    std::iota(active.begin(), active.end(), std::size_t{0});
    const std::uint32_t first = std::min(rules.first_rounds, rules.rounds);
    sweeps(result, active, 0, first, false);
    if (first < rules.rounds) {
      drop_hopeless(result, active);
      setting_.tell(fmt::format("{} of {} cells go on after {} rounds", active.size(), result.cells.size(), first));
      sweeps(result, active, first, rules.rounds, false);
    }
    const std::vector<Quantity*> flags = flags_of(result);
    result.contaminated = contamination_of(result);
    if (result.contaminated.empty() && !flags.empty()) {
      confirm(result, flags);
      result.contaminated = contamination_of(result);
    }
    conclude(result, flags);
  }

  void confirm(GateResult& result, const std::vector<Quantity*>& flags) {
    Cells active;
    for (std::size_t i = 0; i < result.cells.size(); ++i) {
      const auto& own = result.cells[i].quantities;
      const bool any = std::any_of(flags.begin(), flags.end(), [&](const Quantity* flag) {
        return std::any_of(own.begin(), own.end(), [&](const Quantity& each) { return &each == flag; });
      });
      if (any) active.push_back(i);
    }
    setting_.tell(fmt::format("{} flagged: {} fresh rounds of {} cells", flags.size(), setting_.rules.confirming_rounds,
                              active.size()));
    const std::uint32_t from = setting_.rules.rounds;
    sweeps(result, active, from, from + setting_.rules.confirming_rounds, true);
  }

  // Dropped where none of its quantities can become a regression any more.
  void drop_hopeless(GateResult& result, Cells& active) const {
    std::erase_if(active, [&](std::size_t i) {
      GateCell& cell = result.cells[i];
      const bool all = std::all_of(cell.quantities.begin(), cell.quantities.end(), [&](const Quantity& quantity) {
        return !quantity.judged || is_hopeless(quantity.rounds.head, setting_.rules);
      });
      return cell.dropped = all;
    });
  }

  void sweeps(GateResult& result, Cells& active, std::uint32_t from, std::uint32_t to, bool confirming) {
    for (std::uint32_t round = from; round < to && !active.empty(); ++round) {
      control(result, round);
      for (std::size_t place = 0; place < active.size(); ++place) {
        const std::size_t i = active[permuted(lot(0x73776565, round), active.size(), place)];
        block(result.cells[i], static_cast<std::uint32_t>(i), round, confirming);
      }
      std::erase_if(active, [&](std::size_t i) { return is_given_up(result.cells[i]); });
      setting_.tell(
          fmt::format("round {} of {}{}: {} cells", round + 1, to, confirming ? " (fresh)" : "", active.size()));
    }
  }

  static bool is_given_up(const GateCell& cell) {
    if (!cell.too_slow[0].empty() || !cell.too_slow[1].empty()) return true;
    const bool none = std::all_of(cell.quantities.begin(), cell.quantities.end(),
                                  [](const Quantity& quantity) { return quantity.rounds.head.empty(); });
    return none && cell.rounds >= kGivenUp;
  }

  std::uint64_t lot(std::uint64_t purpose, std::uint64_t number) const {
    return mix64(mix64(setting_.seed ^ purpose, attempt_), number);
  }

  void block(GateCell& cell, std::uint32_t number, std::uint32_t round, bool confirming) {
    const auto order = block_order(lot(0x626c6f63, 0), number, round);
    ++blocks_;
    ++cell.rounds;
    std::array<TrialOutcome, 4> outcomes;
    std::array<bool, 2> troubled{};
    for (std::size_t i = 0; i < order.size(); ++i) {
      outcomes[i] = trials_.run(cell, order[i].side, blocks_);
      const auto side = static_cast<std::size_t>(order[i].side);
      if (!outcomes[i].too_slow.empty()) cell.too_slow[side] = outcomes[i].too_slow;
      if (outcomes[i].trouble.empty()) continue;
      Trouble& trouble = cell.troubles[side];
      if (trouble.first.empty()) trouble.first = outcomes[i].trouble;
      if (!troubled[side]) ++trouble.rounds;
      troubled[side] = true;
    }
    for (Quantity& quantity : cell.quantities) {
      std::array<double, 4> costs{};
      for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const auto told = outcomes[i].costs.find(quantity.name);
        costs[i] = told == outcomes[i].costs.end() ? 0 : told->second;
      }
      if (std::all_of(costs.begin(), costs.end(), [](double cost) { return cost > 0; }))
        add_block(quantity.rounds, order, costs, confirming);
    }
  }

  // What share of an item's CPU is, in base.
  void calibrate(GateResult& result) {
    for (GateCell& cell : result.cells) {
      std::vector<double> costs;
      for (std::uint32_t i = 0; i < kCalibrating; ++i) {
        const TrialOutcome outcome = trials_.run(cell, Side::base, ++blocks_);
        const auto cpu = outcome.costs.find(cell.quantities.front().name);
        if (outcome.trouble.empty() && cpu != outcome.costs.end()) costs.push_back(cpu->second);
      }
      if (!costs.empty()) cell.injected_ns = std::llround(setting_.inject * median_of(costs));
    }
  }

  void control(GateResult& result, std::uint32_t round) {
    const auto order = block_order(lot(0x636f6e74, 0), kControlCell, round);
    std::array<std::map<std::string, double>, 4> said;
    for (auto& each : said) {
      interrupt_.check();
      each = run_controls(setting_.controls, place_.allowed());
    }
    for (const auto& [name, first] : said[0]) {
      Rounds rounds;
      std::array<double, 4> costs{};
      for (std::size_t i = 0; i < said.size(); ++i) costs[i] = said[i].at(name);
      add_block(rounds, order, costs, false);
      result.controls[name].push_back(rounds.head.front());
    }
  }

  GateTrials& trials_;
  const std::vector<GateCell> cells_;
  const std::vector<GateGap> gaps_;
  const GateSetting& setting_;
  const Interrupt& interrupt_;
  const BesideTheServer place_{};
  std::uint32_t attempt_ = 1, blocks_ = 0;
};

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

bool are_identical(const GatePlan& plan) {
  const auto fingerprints = [](const Plan& of_side) {
    Programs programs;
    for (const PlannedModel& model : of_side.models) programs[model.name] = model.executable;
    return fingerprints_of(programs);
  };
  return fingerprints(plan.plans[0]) == fingerprints(plan.plans[1]);
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
  const bool identical = are_identical(plan);
  GateResult counted = count_items(plan, setting, scratch.path(), interrupt);
  for (Plan& of_side : plan.plans) of_side.seed = setting.seed;  // of paddings
  const auto trials = model_trials(std::move(plan.plans), setting.arms, scratch.path(), interrupt);
  std::vector<GateCell> cells = setting.times ? std::move(plan.cells) : std::vector<GateCell>();
  GateResult result = Sitting(*trials, std::move(cells), std::move(plan.gaps), setting, interrupt).run();
  result.identical = identical && setting.inject == 0 && setting.inject_calls + setting.inject_allocations == 0;
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
  GateResult result = Sitting(*trials, {cell}, {}, setting, interrupt).run();
  result.identical = commands[0] == commands[1];
  result.minutes = minutes_since(started);
  return result;
}

}  // namespace interleave
