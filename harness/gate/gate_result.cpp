// From rounds to verdicts.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/gate_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "harness/gate/sheet.hpp"
#include "harness/judge/reason.hpp"
#include "harness/verdict/cells.hpp"

namespace interleave {
namespace {

template <class Do>
void for_each_judged(std::vector<GateCell>& cells, Do what) {
  for (GateCell& cell : cells) {
    for (Quantity& quantity : cell.quantities) {
      if (quantity.judged) what(cell, quantity);
    }
  }
}

bool ran_out(const GateCell& cell) { return !cell.too_slow[0].empty() || !cell.too_slow[1].empty(); }

// Fewer whole rounds, fresh ones among them, than half of those that were run.
bool has_few_rounds(const GateCell& cell) {
  std::size_t most = 0;
  for (const Quantity& quantity : cell.quantities) {
    if (quantity.judged) most = std::max(most, quantity.rounds.head.size() + quantity.rounds.confirming.size());
  }
  return 2 * most < cell.rounds;
}

// It does the work wrong at times, which no median of the other rounds shows. Once may be a freak, and is noted.
bool head_is_at_fault(const GateCell& cell) { return cell.troubles[1].faults > 1 && cell.troubles[0].faults == 0; }

bool is_hole(const GateCell& cell) {
  return !ran_out(cell) && (head_is_at_fault(cell) || (has_few_rounds(cell) && !is_starved(cell)));
}

void leave_a_gap(GateResult& result, const GateCell& cell) {
  const auto& [base, head] = cell.troubles;
  if (head_is_at_fault(cell) && !has_few_rounds(cell)) {
    result.gaps.push_back({.load = cell.load,
                           .model = cell.name,
                           .what = fmt::format("{} in {} of {} rounds of HEAD", head.fault, head.faults, cell.rounds),
                           .is_measured = true});
    return;
  }
  const std::size_t side = head.rounds >= base.rounds ? 1 : 0;
  std::string what = fmt::format("{} in {}", cell.troubles[side].first, kSides[side]);
  const std::size_t other = 1 - side;
  const auto is_skipped = [](const Trouble& trouble) { return trouble.first.rfind("skipped", 0) == 0; };
  if (is_skipped(base) && is_skipped(head)) {  // a limit of the model or of the machine: nobody's change
    result.left_out.push_back(fmt::format("{}, {}: {}", cell.load, cell.name, head.first));
    return;
  }
  if (2 * cell.troubles[other].rounds >= cell.rounds)
    what += fmt::format(", and {} in {}", cell.troubles[other].first, kSides[other]);
  result.gaps.push_back({.load = cell.load, .model = cell.name, .what = what, .is_measured = true});
}

GateVerdict verdict_of(const Quantity& quantity, bool was_flagged, const GateResult& result) {
  const GateRules rules = rules_of(quantity, result.rules);
  if (was_flagged) return is_confirmed(quantity.rounds, rules) ? GateVerdict::slower : GateVerdict::unconfirmed;
  const Rounds faster = turned(quantity.rounds);
  if (flagged({Judged{&faster, quantity.is_tail}}, result.planned(), result.rules).front()) return GateVerdict::faster;
  if (!quantity.detectable || *quantity.detectable > rules.noise_limit) return GateVerdict::noisy;
  if (may_be_slower(quantity.rounds, rules)) return GateVerdict::noisy;
  return GateVerdict::fine;
}

}  // namespace

GateRules rules_of(const Quantity& quantity, const GateRules& rules) {
  return quantity.is_tail ? of_tails(rules) : rules;
}

std::string_view name_of(GateVerdict verdict) noexcept {
  constexpr std::array<std::string_view, 6> kNames{"fine", "faster", "slower", "unconfirmed", "noisy", "shown"};
  return kNames[static_cast<std::size_t>(verdict)];
}

bool is_starved(const GateCell& cell) {
  return has_few_rounds(cell) && std::all_of(cell.troubles.begin(), cell.troubles.end(), [](const Trouble& trouble) {
           const std::size_t begins = std::string_view("void: ").size();
           const std::size_t ends = trouble.first.find(':', begins);
           return ends != std::string::npos && is_lost(std::string_view(trouble.first).substr(begins, ends - begins));
         });
}

std::size_t count(const GateResult& result, GateVerdict verdict) {
  std::size_t found = 0;
  for (const GateCell& cell : result.cells) {
    for (const Quantity& quantity : cell.quantities) found += quantity.judged && quantity.verdict == verdict ? 1 : 0;
  }
  return found;
}

std::size_t count(const GateResult& result, CountVerdict verdict) {
  std::size_t found = 0;
  for_each_count(result, [&](const CountedCell&, const std::string& name, double base, double head) {
    found += verdict_of_count(name, base, head) == verdict ? 1 : 0;
  });
  return found;
}

std::size_t GateResult::planned() const {
  std::size_t judged = 0;
  for (const GateCell& cell : cells) {
    for (const Quantity& quantity : cell.quantities) judged += quantity.judged ? 1 : 0;
  }
  return judged;
}

std::vector<Quantity*> flags_of(GateResult& result) {
  std::vector<Quantity*> quantities;
  std::vector<Judged> rounds;
  for_each_judged(result.cells, [&](GateCell& cell, Quantity& quantity) {
    if (cell.dropped || is_hole(cell) || is_starved(cell)) return;
    quantities.push_back(&quantity);
    rounds.push_back({&quantity.rounds, quantity.is_tail});
  });
  const std::vector<bool> flags = flagged(rounds, result.planned(), result.rules);
  std::vector<Quantity*> found;
  for (std::size_t i = 0; i < quantities.size(); ++i) {
    if (flags[i]) found.push_back(quantities[i]);
  }
  return found;
}

std::string contamination_of(const GateResult& result) {
  for (const auto& [name, log_ratios] : result.controls) {
    if (control_is_off(log_ratios, result.controls.size(), result.rules))
      return fmt::format("the control kernel {} is {} apart between the two, though it is one program", name,
                         percent_text(std::exp(median_of(log_ratios))));
  }
  std::vector<Judged> rounds;
  for (const GateCell& cell : result.cells) {
    for (const Quantity& quantity : cell.quantities) {
      if (quantity.judged) rounds.push_back({&quantity.rounds, quantity.is_tail});
    }
  }
  if (pairs_are_off(rounds, result.planned(), result.rules))
    return fmt::format("one program differs from itself by {:g} % or more", 100 * result.rules.bar);
  return "";
}

void conclude(GateResult& result, const std::vector<Quantity*>& was_flagged) {
  const std::size_t planned = result.planned();
  for (GateCell& cell : result.cells) {
    for (Quantity& quantity : cell.quantities) {
      const bool flag = std::find(was_flagged.begin(), was_flagged.end(), &quantity) != was_flagged.end();
      quantity.detectable = detectable(quantity.rounds, planned, rules_of(quantity, result.rules));
      if (!quantity.judged) quantity.verdict = GateVerdict::shown;
      else if (ran_out(cell))
        quantity.verdict = cell.too_slow[1].empty()   ? GateVerdict::faster
                           : cell.too_slow[0].empty() ? GateVerdict::slower
                                                      : GateVerdict::noisy;
      else if (!quantity.rounds.head.empty() && !is_starved(cell))
        quantity.verdict = verdict_of(quantity, flag, result);
      else quantity.verdict = GateVerdict::noisy;
    }
  }
  const auto holes = std::stable_partition(result.cells.begin(), result.cells.end(),
                                           [](const GateCell& cell) { return !is_hole(cell); });
  for (auto cell = holes; cell != result.cells.end(); ++cell) leave_a_gap(result, *cell);
  result.cells.erase(holes, result.cells.end());
}

int status_of(const GateResult& result) {
  if (count(result, CountVerdict::more) > 0) return 1;  // whatever disturbed the machine, it does not change a count
  const auto is_known = [](const GateGap& gap) { return !gap.is_measured; };  // nor what is there at all
  if (!result.contaminated.empty()) return std::any_of(result.gaps.begin(), result.gaps.end(), is_known) ? 4 : 3;
  if (count(result, GateVerdict::slower) > 0) return 1;
  if (!result.gaps.empty()) return 4;
  const bool open = count(result, GateVerdict::unconfirmed) + count(result, GateVerdict::noisy) > 0;
  return open || (result.planned() == 0 && (result.times || result.counted.empty())) ? 3 : 0;
}

}  // namespace interleave
