// Rounds of trials, and counting.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/baseline_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/gate/controls.hpp"
#include "harness/gate/counting.hpp"
#include "harness/gate/gate_trials.hpp"
#include "harness/gate/stored_cells.hpp"
#include "harness/http/fate.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/machine/programs.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/verdict/cells.hpp"

namespace interleave {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kSweepLot = 0x62617365;

using Values = std::map<std::string, std::vector<double>>;

std::map<std::string, double> medians_of(const Values& values) {
  std::map<std::string, double> medians;
  for (const auto& [name, each] : values) medians[name] = median_of(each);
  return medians;
}

// Head's trials, round by round, beside the control kernels.
class HeadAlone {
 public:
  HeadAlone(const GatePlan& plan, const GateSetting& setting, const fs::path& scratch, const Interrupt& interrupt)
      : plan_(plan),
        setting_(setting),
        trials_(model_trials(plan.plans, setting.arms, scratch, interrupt)),
        interrupt_(interrupt) {}

  void into(Baseline& baseline) {
    trials_->begin_attempt();
    std::vector<Values> values(plan_.cells.size());
    std::vector<Trouble> troubles(plan_.cells.size());
    std::vector<std::string> slow(plan_.cells.size());
    Values controls;
    for (std::uint32_t round = 0; round < setting_.rules.rounds; ++round) {
      interrupt_.check();
      for (const auto& [name, ns] : run_controls(setting_.controls, place_.allowed())) controls[name].push_back(ns);
      for (std::size_t place = 0; place < values.size(); ++place) {
        const std::size_t i = permuted(mix64(setting_.seed ^ kSweepLot, round), values.size(), place);
        const TrialOutcome outcome = trials_->run(plan_.cells[i], Side::head, round);
        note(outcome, troubles[i]);
        if (!outcome.too_slow.empty()) slow[i] = outcome.too_slow;
        for (const auto& [name, cost] : outcome.costs) values[i][name].push_back(cost);
      }
      setting_.tell(fmt::format("round {} of {}", round + 1, setting_.rules.rounds));
    }
    baseline.controls = medians_of(controls);
    for (std::size_t i = 0; i < values.size(); ++i) add(baseline, plan_.cells[i], values[i], troubles[i], slow[i]);
  }

 private:
  static void note(const TrialOutcome& outcome, Trouble& trouble) {
    if (outcome.trouble.empty()) return;
    if (trouble.rounds++ == 0) trouble.first = outcome.trouble;
    if (outcome.is_fault && trouble.faults++ == 0) trouble.fault = outcome.trouble;
  }

  // A cell of which half the rounds told nothing has no median worth keeping; nor has one that does its work wrong at
  // times, which no median of the other rounds shows. Once may be a freak.
  void add(Baseline& baseline, const GateCell& cell, Values& values, const Trouble& trouble,
           const std::string& slow) const {
    std::erase_if(values, [&](const auto& each) { return 2 * each.second.size() <= setting_.rules.rounds; });
    std::erase_if(values, [&](const auto& each) {
      return std::none_of(cell.quantities.begin(), cell.quantities.end(),
                          [&](const Quantity& quantity) { return quantity.judged && quantity.name == each.first; });
    });
    const Point& point = plan_.plans[1].points[cell.point];
    const auto medians = medians_of(values);
    const bool lost =
        std::any_of(medians.begin(), medians.end(), [](const auto& each) { return std::isinf(each.second); });
    if (trouble.faults > 1) {
      baseline.voids.push_back(
          {point.label, cell.name,
           fmt::format("{} in {} of {} rounds", trouble.fault, trouble.faults, setting_.rules.rounds)});
    } else if (!slow.empty() || lost)
      baseline.too_slow.push_back({point.label, cell.name, slow.empty() ? trouble.first : slow});
    else if (values.empty()) baseline.voids.push_back({point.label, cell.name, trouble.first});
    else
      baseline.cells.push_back({.point = point.id,
                                .load = point.label,
                                .model = cell.name,
                                .work = work_of(point).dump(),
                                .costs = medians});
  }

  const GatePlan& plan_;
  const GateSetting& setting_;
  std::unique_ptr<GateTrials> trials_;
  const Interrupt& interrupt_;
  const BesideTheServer place_{};
};

void count_into(Baseline& baseline, const GatePlan& plan, const GateSetting& setting, const fs::path& scratch,
                const Interrupt& interrupt) {
  Counter counter(setting.arms[1], *setting.counting, scratch / "counting", interrupt);
  const Programs programs = programs_of_arms(plan.plans, setting.arms);
  ProgramWatch watch(programs, fingerprints_of(programs));
  const auto environment = injection_of(0, setting.inject_calls, setting.inject_allocations);
  for (const auto& [cell, load] : countables(plan)) {
    setting.tell(fmt::format("counting {} of {}", load.workload, cell->name));
    const PlannedModel& model = plan.plans[1].models[cell->model];
    const Counts once = counter.count(model, load, environment);
    const Counts again = why_none(once).empty() ? counter.count(model, load, environment) : once;
    if (const std::string why = why_none(again); !why.empty())
      baseline.voids.push_back({countable_text(load), cell->name, why});
    else baseline.counts.push_back({countable_text(load), cell->name, lower_of(once, again).values});
    if (const auto changed = watch.changed())
      throw std::runtime_error(*changed + " since the measuring was begun: start it again");
  }
}

}  // namespace

Baseline measure_baseline(GatePlan plan, const GateSetting& setting, const Interrupt& interrupt) {
  const Scratch scratch;
  for (Plan& of_side : plan.plans) of_side.seed = setting.seed;  // of paddings
  Baseline baseline;
  baseline.seed = setting.seed;
  baseline.rounds = setting.rules.rounds;
  baseline.flags = setting.arms[1].flags;
  baseline.has_times = setting.times;
  baseline.has_counts = setting.counting.has_value();
  baseline.uncounted = setting.uncounted;
  baseline.machine = machine_key();
  baseline.cpu_key = cpu_key();
  if (setting.counting) count_into(baseline, plan, setting, scratch.path(), interrupt);
  if (setting.times) HeadAlone(plan, setting, scratch.path(), interrupt).into(baseline);
  return baseline;
}

}  // namespace interleave
