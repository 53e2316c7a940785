// Trials of models, as a run has them.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/gate/counts.hpp"
#include "harness/gate/gate_trials.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/machine/programs.hpp"
#include "harness/plan/ranked_quantity.hpp"
#include "harness/trial/checks.hpp"
#include "harness/trial/trial.hpp"
#include "harness/verdict/cells.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr double kLostCost = std::numeric_limits<double>::infinity();

const char* const kCpu = kRankedCpu.compared;
const char* const kMakespan = kRankedMakespan.compared;
const char* const kUserTime = "user time";
const char* const kTail = kRankedLatency.compared;

// 0 where the trial does not tell.
double cost_of(const std::string& quantity, const json& trial, const Load& load) {
  if (trial.at("verdict") != "valid") {
    if (quantity == kMakespan) return value_of(trial, RanksBy::makespan) == kLost ? kLostCost : 0;
    if (quantity == kTail) return value_of(trial, RanksBy::latency) == kLost ? kLostCost : 0;
    return 0;
  }
  if (quantity == kCpu) return number_at(trial, "/cpu_per_item_ns");
  if (quantity == kMakespan) return number_at(trial, "/makespan_ns");
  if (quantity == kTail) return number_at(trial, "/latency_p99_ns");
  if (quantity == kUserTime) return number_at(trial, "/worker/cpu_run_ns/user") / load.items;
  const double requests = number_at(trial, "/ledger/requests");
  return requests > 0 ? number_at(trial, "/ledger/cpu_ns/total") / requests : 0;
}

std::string first_reason(const json& trial) {
  const json& reasons = trial.at("reasons");
  const std::string why = reasons.empty() ? "" : reasons.front().get<Reason>().sentence();
  return fmt::format("{}: {}", trial.at("verdict").get<std::string>(), why);
}

bool is_disturbed(const json& trial) {
  const json& reasons = trial.at("reasons");
  return trial.at("verdict") == "void" && !reasons.empty() &&
         std::all_of(reasons.begin(), reasons.end(),
                     [](const json& reason) { return reason.get<Reason>().check == check::kDisturbed; });
}

bool out_of_patience(const json& trial) {
  return trial.at("verdict") == "skipped" && !trial.at("reasons").empty() &&
         trial.at("reasons").front().get<Reason>().check == check::kPatience;
}

// A server of an older build may not know of names, and need not where nobody asks for any.
bool asks_for_names(const Plan& plan) {
  return std::any_of(plan.workloads.begin(), plan.workloads.end(),
                     [](const WorkloadAbout& workload) { return workload.datagrams; });
}

// Programs of two arms under one name each, so that neither name nor place tells them apart.
class EqualPlace {
 public:
  explicit EqualPlace(fs::path scratch) : scratch_(std::move(scratch)) {}
  fs::path worker() const { return scratch_ / "worker"; }
  fs::path server() const { return scratch_ / "server"; }

  void put(const fs::path& worker_program, const fs::path& server_program) const {
    point(worker(), worker_program);
    point(server(), server_program);
  }

 private:
  static void point(const fs::path& link, const fs::path& program) {
    fs::remove(link);
    fs::create_symlink(program, link);
  }
  fs::path scratch_;
};

class ModelTrials final : public GateTrials {
 public:
  ModelTrials(std::array<Plan, 2> plans, std::array<Arm, 2> arms, const fs::path& scratch, const Interrupt& interrupt)
      : plans_(std::move(plans)),
        arms_(std::move(arms)),
        place_(scratch),
        scratch_(scratch),
        interrupt_(interrupt),
        cpus_(allowed_cpus()),
        watch_(programs_of_arms(plans_, arms_), fingerprints_of(programs_of_arms(plans_, arms_))) {
    for (std::size_t side = 0; side < 2; ++side) {
      for (PlannedModel& model : plans_[side].models) {
        programs_[side].emplace_back(model.executable);
        model.executable = place_.worker().string();
      }
    }
  }

  void begin_attempt() override {
    for (std::size_t side = 0; side < 2; ++side) {
      runners_[side] = std::make_unique<TrialRunner>(
          plans_[side], scratch_, cpus_, interrupt_,
          Surroundings{.server = {.program = place_.server(), .names = asks_for_names(plans_[side])},
                       .fresh_server = true,
                       .padding_by_round = true});
    }
  }

  TrialOutcome run(const GateCell& cell, Side side, std::uint32_t block) override {
    const auto of = static_cast<std::size_t>(side);
    require_programs();
    place_.put(programs_[of][cell.model], arms_[of].program);
    const bool more = side == Side::head;
    runners_[of]->set_environment(injection_of(more ? cell.injected_ns : 0, more ? cell.injected_calls : 0,
                                               more ? cell.injected_allocations : 0));
    TrialOutcome outcome;
    json line;
    try {
      line = measured(cell, of, block);
      if (is_disturbed(line)) line = measured(cell, of, block);  // nobody's fault; the second time counts
    } catch (const ServerLost& lost) {                           // a side's server is of its build, as its workers are
      outcome.trouble = fmt::format("void: {}", Reason{check::kServer, lost.what()}.sentence());
      outcome.is_fault = true;
    }
    require_programs();  // what such a moment spoilt is not kept
    if (outcome.is_fault) return outcome;
    if (line.at("verdict") != "valid") {
      outcome.trouble = first_reason(line);
      outcome.is_fault = is_fault(line);
      if (out_of_patience(line)) outcome.too_slow = line.at("reasons").front().get<Reason>().text;
    }
    const Load& load = plans_[of].points[cell.point].load;
    for (const char* const quantity : {kCpu, kMakespan, kServerCpu, kUserTime, kTail}) {
      const double cost = cost_of(quantity, line, load);
      if (cost > 0) outcome.costs[quantity] = cost;
    }
    return outcome;
  }

 private:
  json measured(const GateCell& cell, std::size_t side, std::uint32_t block) {
    return runners_[side]->run({.trial = trials_++, .round = block, .point = cell.point, .model = cell.model});
  }

  void require_programs() {
    if (const auto changed = watch_.changed())
      throw std::runtime_error(*changed + " since the gate was begun: start it again");
  }

  std::array<Plan, 2> plans_;
  const std::array<Arm, 2> arms_;
  const EqualPlace place_;
  const fs::path scratch_;
  const Interrupt& interrupt_;
  const std::vector<int> cpus_;
  ProgramWatch watch_;
  std::array<std::vector<fs::path>, 2> programs_;
  std::array<std::unique_ptr<TrialRunner>, 2> runners_;
  std::uint32_t trials_ = 0;
};

}  // namespace

Programs programs_of_arms(const std::array<Plan, 2>& plans, const std::array<Arm, 2>& arms) {
  Programs programs;
  for (std::size_t side = 0; side < 2; ++side) {
    const std::string of = side == 0 ? "BASE's " : "HEAD's ";
    programs[of + "interleave"] = arms[side].program;
    for (const PlannedModel& model : plans[side].models) programs[of + model.name] = model.executable;
  }
  return programs;
}

std::vector<Quantity> quantities_of(const Plan& plan, const Point& point) {
  std::vector<Quantity> all{{.name = kCpu}};
  if (point.ranks_by == RanksBy::cpu_keeping_up || point.ranks_by == RanksBy::makespan)
    all.push_back({.name = kMakespan});
  if (point.ranks_by == RanksBy::latency)
    all.push_back({.name = kTail, .judged = point.load.items >= kTailItems, .is_tail = true});
  if (about_workload(plan, point.load.workload).connects) all.push_back({.name = kServerCpu});
  all.push_back({.name = kUserTime, .judged = false});  // counted in ticks by most kernels: too coarse to judge by
  return all;
}

std::unique_ptr<GateTrials> model_trials(std::array<Plan, 2> plans, std::array<Arm, 2> arms, const fs::path& scratch,
                                         const Interrupt& interrupt) {
  return std::make_unique<ModelTrials>(std::move(plans), std::move(arms), scratch, interrupt);
}

}  // namespace interleave
