// Cell by cell, and once more where the sides differ.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/counting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/gate/gate_trials.hpp"
#include "harness/machine/programs.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr int kMoreCountings = 2;

std::string kind_of(const Load& load) {
  return load.workload + " " + json(load.parameters).dump() + json(load.policies).dump();
}

class Counting {
 public:
  Counting(const GatePlan& plan, const GateSetting& setting, const fs::path& scratch, const Interrupt& interrupt)
      : plan_(plan),
        setting_(setting),
        counters_{Counter(setting.arms[0], *setting.counting, scratch / "base", interrupt),
                  Counter(setting.arms[1], *setting.counting, scratch / "head", interrupt)},
        watch_(programs_of_arms(plan.plans, setting.arms),
               fingerprints_of(programs_of_arms(plan.plans, setting.arms))) {}

  void into(GateResult& result) {
    for (const Countable& each : countables(plan_)) {
      setting_.tell(fmt::format("counting {} of {}", each.load.workload, each.cell->name));
      add(result, counted(*each.cell, each.load));
      if (const auto changed = watch_.changed())
        throw std::runtime_error(*changed + " since the gate was begun: start it again");
    }
    if (result.counted.empty() && result.gaps.empty() && !result.left_out.empty())
      result.uncounted = result.left_out.front();
  }

 private:
  CountedCell counted(const GateCell& cell, const Load& load) {
    CountedCell both{.load = countable_text(load), .name = cell.name};
    for (std::size_t side = 0; side < 2; ++side) both.counts[side] = count(cell, load, side);
    for (int more = 0; more < kMoreCountings && differ(both); ++more) {  // of each side what is least in doubt
      for (std::size_t side = 0; side < 2; ++side)
        both.counts[side] = lower_of(both.counts[side], count(cell, load, side));
    }
    return both;
  }

  static bool differ(const CountedCell& cell) {
    const auto& [base, head] = cell.counts;
    return std::any_of(base.values.begin(), base.values.end(), [&](const auto& of_base) {
      const auto of_head = head.values.find(of_base.first);
      return of_head != head.values.end() &&
             verdict_of_count(of_base.first, of_base.second, of_head->second) != CountVerdict::same;
    });
  }

  Counts count(const GateCell& cell, const Load& load, std::size_t side) {
    const bool more = side == 1;
    return counters_[side].count(
        plan_.plans[side].models[cell.model], load,
        injection_of(0, more ? setting_.inject_calls : 0, more ? setting_.inject_allocations : 0));
  }

  // What neither side can is nobody's change.
  static void add(GateResult& result, CountedCell cell) {
    const std::string base = why_none(cell.counts[0]), head = why_none(cell.counts[1]);
    if (base.empty() && head.empty()) return result.counted.push_back(std::move(cell));
    if (!base.empty() && !head.empty())
      return result.left_out.push_back(fmt::format("{}, {}: {}", cell.load, cell.name, head));
    result.gaps.push_back(
        {cell.load, cell.name, head.empty() ? "new in HEAD, in BASE: " + base : "missing in HEAD: " + head});
  }

  const GatePlan& plan_;
  const GateSetting& setting_;
  std::array<Counter, 2> counters_;
  ProgramWatch watch_;
};

}  // namespace

std::vector<Countable> countables(const GatePlan& plan) {
  std::vector<Countable> all;
  std::set<std::pair<std::string, std::string>> done;
  for (const GateCell& cell : plan.cells) {
    const Load& load = plan.plans[1].points[cell.point].load;
    auto few = countable(load, about_workload(plan.plans[1], load.workload));
    if (few && done.emplace(cell.name, kind_of(*few)).second) all.push_back({.cell = &cell, .load = std::move(*few)});
  }
  return all;
}

std::string countable_text(const Load& load) {
  std::string text = load.workload;
  for (const auto* settings : {&load.parameters, &load.policies}) {
    for (const auto& [key, value] : *settings) text += fmt::format(", {} {}", key, value);
  }
  return text + fmt::format(", {} items one after another, counted", load.items);
}

std::string why_none(const Counts& counts) {
  return counts.skipped.empty() ? counts.trouble : "skipped: " + counts.skipped;
}

GateResult count_items(const GatePlan& plan, const GateSetting& setting, const fs::path& scratch,
                       const Interrupt& interrupt) {
  GateResult result;
  result.uncounted = setting.uncounted;
  if (setting.counting) Counting(plan, setting, scratch, interrupt).into(result);
  return result;
}

}  // namespace interleave
