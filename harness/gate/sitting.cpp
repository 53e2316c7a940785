// Blocks of trials, stage by stage.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/sitting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/http/fate.hpp"
#include "harness/numbers/mix.hpp"

namespace interleave {
namespace {

constexpr std::uint32_t kCalibrating = 5;         // trials of base, for --inject
constexpr std::uint32_t kGivenUp = 3;             // rounds without a whole one, after which a cell is left
constexpr std::uint32_t kControlCell = 1U << 20;  // beyond all cells, in lots

class Sitting {
 public:
  Sitting(GateTrials& trials, const RunControls& controls, const std::vector<GateCell>& cells,
          const std::vector<GateGap>& gaps, const GateSetting& setting)
      : trials_(trials), controls_(controls), cells_(cells), gaps_(gaps), setting_(setting) {}

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

  // Dropped where none of its quantities can become a regression any more, nor is much better.
  void drop_hopeless(GateResult& result, Cells& active) const {
    std::erase_if(active, [&](std::size_t i) {
      GateCell& cell = result.cells[i];
      const bool all = std::all_of(cell.quantities.begin(), cell.quantities.end(), [&](const Quantity& quantity) {
        const GateRules rules = rules_of(quantity, setting_.rules);
        return !quantity.judged || (is_hopeless(quantity.rounds, rules) && is_hopeless(turned(quantity.rounds), rules));
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
    std::array<bool, 2> troubled{}, at_fault{};
    for (std::size_t i = 0; i < order.size(); ++i) {
      outcomes[i] = trials_.run(cell, order[i].side, blocks_);
      const auto side = static_cast<std::size_t>(order[i].side);
      if (!outcomes[i].too_slow.empty()) cell.too_slow[side] = outcomes[i].too_slow;
      if (outcomes[i].trouble.empty()) continue;
      Trouble& trouble = cell.troubles[side];
      if (trouble.first.empty()) trouble.first = outcomes[i].trouble;
      if (!troubled[side]) ++trouble.rounds;
      troubled[side] = true;
      if (!outcomes[i].is_fault) continue;
      if (trouble.fault.empty()) trouble.fault = outcomes[i].trouble;
      if (!at_fault[side]) ++trouble.faults;
      at_fault[side] = true;
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

  // What share of an item's CPU is, in base. The second lowest counts, as in a block the lower does: the middle one of
  // a few was 158 ns an item in one gate and 268 in another, of one program.
  void calibrate(GateResult& result) {
    for (GateCell& cell : result.cells) {
      std::vector<double> costs;
      for (std::uint32_t i = 0; i < kCalibrating; ++i) {
        const TrialOutcome outcome = trials_.run(cell, Side::base, ++blocks_);
        const auto cpu = outcome.costs.find(cell.quantities.front().name);
        if (outcome.trouble.empty() && cpu != outcome.costs.end()) costs.push_back(cpu->second);
      }
      std::sort(costs.begin(), costs.end());
      if (!costs.empty())
        cell.injected_ns = std::llround(setting_.inject * costs[std::min<std::size_t>(1, costs.size() - 1)]);
    }
  }

  void control(GateResult& result, std::uint32_t round) {
    const auto order = block_order(lot(0x636f6e74, 0), kControlCell, round);
    std::array<std::map<std::string, double>, 4> said;
    for (auto& each : said) each = controls_();
    for (const auto& [name, first] : said[0]) {
      Rounds rounds;
      std::array<double, 4> costs{};
      for (std::size_t i = 0; i < said.size(); ++i) costs[i] = said[i].at(name);
      add_block(rounds, order, costs, false);
      result.controls[name].push_back(rounds.head.front());
    }
  }

  GateTrials& trials_;
  const RunControls& controls_;
  const std::vector<GateCell>& cells_;
  const std::vector<GateGap>& gaps_;
  const GateSetting& setting_;
  std::uint32_t attempt_ = 1, blocks_ = 0;
};

}  // namespace

GateResult sit(GateTrials& trials, const RunControls& controls, const std::vector<GateCell>& cells,
               const std::vector<GateGap>& gaps, const GateSetting& setting) {
  return Sitting(trials, controls, cells, gaps, setting).run();
}

}  // namespace interleave
