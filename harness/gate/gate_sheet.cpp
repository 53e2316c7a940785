// Rows of a gate, and its JSON.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/gate_sheet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/gate/gate_trials.hpp"
#include "harness/gate/signed_rank.hpp"
#include "harness/text/joined.hpp"
#include "harness/verdict/cells.hpp"

namespace interleave {
namespace {

using nlohmann::json;

SheetRow row_of(const GateCell& cell, const Quantity& quantity, const GateRules& rules) {
  SheetRow row{.load = cell.load,
               .model = cell.name,
               .quantity = quantity.name,
               .verdict = std::string(name_of(quantity.verdict)),
               .weight = Weight::fine,
               .ratio = {},
               .low = {},
               .high = {},
               .note = ""};
  if (quantity.verdict == GateVerdict::slower) row.weight = Weight::failure;
  if (quantity.verdict == GateVerdict::unconfirmed || quantity.verdict == GateVerdict::noisy) row.weight = Weight::open;
  for (std::size_t side = 0; side < 2; ++side) {
    if (!cell.too_slow[side].empty()) row.note = fmt::format("too slow in {}: {}", kSides[side], cell.too_slow[side]);
  }
  if (is_starved(cell)) row.note = cell.troubles[1].first;
  if (quantity.rounds.head.empty() || is_starved(cell)) return row;
  row.ratio = std::exp(median_of(quantity.rounds.head));
  if (const auto interval = median_interval(quantity.rounds.head, kCellError)) {
    row.low = std::exp(interval->low);
    row.high = std::exp(interval->high);
  }
  if (quantity.verdict == GateVerdict::noisy && quantity.detectable)
    row.note = *quantity.detectable > rules.noise_limit
                   ? fmt::format("only {:+.0f} % or more would be found", 100 * *quantity.detectable)
                   : fmt::format("it looks slower, and may be by {:g} %", 100 * rules.promised);
  if (!quantity.rounds.confirming.empty())
    row.note = fmt::format(
        "{} in {} fresh rounds, fast trials {}", percent_text(std::exp(median_of(quantity.rounds.confirming))),
        quantity.rounds.confirming.size(), percent_text(std::exp(fast_change(quantity.rounds.fresh_trials))));
  return row;
}

std::string amount(double count) { return count < 100 ? fmt::format("{:.2f}", count) : fmt::format("{:.0f}", count); }

SheetRow row_of(const CountedCell& cell, const std::string& name, double base, double head) {
  const CountVerdict verdict = verdict_of_count(name, base, head);
  SheetRow row{.load = cell.load,
               .model = cell.name,
               .quantity = name,
               .verdict = std::string(name_of(verdict)),
               .weight = verdict == CountVerdict::more ? Weight::failure : Weight::fine,
               .ratio = {},
               .low = {},
               .high = {},
               .note = ""};
  if (base > 0) row.ratio = std::max(0.0, head) / base;
  if (verdict != CountVerdict::same)
    row.note = fmt::format("{} instead of {}{}", amount(head), amount(base), name == kStarts ? "" : " an item");
  return row;
}

std::string ending(const GateResult& result) {
  if (!result.contaminated.empty()) {
    const int status = status_of(result);
    return fmt::format("Contaminated{}, tried {}: {}.",
                       status == 1   ? ", but a count is a regression all the same (exit 1)"
                       : status == 4 ? ", but cells are missing or new all the same (exit 4)"
                                     : " (exit 3)",
                       result.attempts == 1 ? "once" : "twice", result.contaminated);
  }
  switch (status_of(result)) {
    case 0: return "Pass (exit 0).";
    case 1: return "Regression (exit 1).";
    case 4: return fmt::format("{} missing, void or new (exit 4).", cells_text(result.gaps.size()));
    default: break;
  }
  if (result.planned() > 0) return "Inconclusive (exit 3).";
  return result.counted.empty() ? "Nothing was measured (exit 3)." : "Of times nothing was measured (exit 3).";
}

// "52 counts an item are the same, 1 more, 0 fewer. "
std::string counts_text(const GateResult& result) {
  if (result.counted.empty()) return "";
  return fmt::format("{} counts are the same, {} more, {} fewer. ", count(result, CountVerdict::same),
                     count(result, CountVerdict::more), count(result, CountVerdict::fewer));
}

// The worst that a gate would overlook, over the cells that it calls fine.
std::string power_of(const GateResult& result) {
  double worst = 0;
  for (const GateCell& cell : result.cells) {
    for (const Quantity& quantity : cell.quantities) {
      if (quantity.judged && quantity.verdict == GateVerdict::fine && quantity.detectable)
        worst = std::max(worst, *quantity.detectable);
    }
  }
  return worst == 0 ? "" : fmt::format(" Of those, a slow-down of {:.1f} % would be found in 95 %.", 100 * worst);
}

json log_ratios(const std::vector<double>& values) {
  json list = json::array();
  for (const double value : values) list.push_back(number_or_null(value));
  return list;
}

// Whole ns, or KiB: of each round base's two trials, then head's.
json costs_of(const std::vector<TrialCosts>& trials) {
  json list = json::array();
  for (const TrialCosts& block : trials) {
    json round = json::array();
    for (const double cost : block) round.push_back(std::isinf(cost) ? json() : json(std::llround(std::exp(cost))));
    list.push_back(std::move(round));
  }
  return list;
}

json json_of(const Quantity& quantity) {
  const SheetRow row = row_of(GateCell{}, quantity, rules_of(quantity, GateRules{}));
  const auto or_null = [](const std::optional<double>& value) { return value ? number_or_null(*value) : json(); };
  const Rounds& rounds = quantity.rounds;
  return {{"quantity", quantity.name},
          {"judged", quantity.judged},
          {"verdict", name_of(quantity.verdict)},
          {"ratio", or_null(row.ratio)},
          {"low", or_null(row.low)},
          {"high", or_null(row.high)},
          {"p", rounds.head.empty() ? json() : json(signed_rank_p(rounds.head))},
          {"fast_ratio", rounds.trials.empty() ? json() : number_or_null(std::exp(fast_change(rounds.trials)))},
          {"fast_p", rounds.trials.empty() ? json() : json(fast_trials_p(rounds.trials))},
          {"round_sd", spread_of(rounds.head)},
          {"detectable", or_null(quantity.detectable)},
          {"log_ratios", log_ratios(rounds.head)},
          {"base_pair", log_ratios(rounds.base_pair)},
          {"head_pair", log_ratios(rounds.head_pair)},
          {"confirming", log_ratios(rounds.confirming)},
          {"costs", costs_of(rounds.trials)},
          {"fresh_costs", costs_of(rounds.fresh_trials)}};
}

bool has_judged_tail(const GateResult& result) {
  return std::any_of(result.cells.begin(), result.cells.end(), [](const GateCell& cell) {
    return std::any_of(cell.quantities.begin(), cell.quantities.end(),
                       [](const Quantity& quantity) { return quantity.is_tail && quantity.judged; });
  });
}

std::set<std::string> loads_with_few_items(const GateResult& result) {
  std::set<std::string> loads;
  for (const GateCell& cell : result.cells) {
    for (const Quantity& quantity : cell.quantities) {
      if (quantity.is_tail && !quantity.judged) loads.insert(cell.load);
    }
  }
  return loads;
}

// A command may be a script of many lines.
std::string in_a_heading(const std::string& name) {
  constexpr std::size_t kMost = 100;
  const std::string line = name.substr(0, name.find('\n'));
  return line.size() == name.size() && line.size() <= kMost ? name : line.substr(0, kMost) + " ..";
}

// Rounds that were lost to a fault are in no figure.
std::vector<std::string> faults_of(const GateCell& cell) {
  std::vector<std::string> faults;
  for (std::size_t side = 0; side < 2; ++side) {
    const Trouble& trouble = cell.troubles[side];
    if (trouble.faults > 0)
      faults.push_back(fmt::format("{}, {}: {} in {} of {} rounds of {}", cell.load, cell.name, trouble.fault,
                                   trouble.faults, cell.rounds, kSides[side]));
  }
  return faults;
}

// Cells of which nobody could measure how much that is.
std::string not_injected(const GateResult& result) {
  std::vector<std::string> names;
  for (const GateCell& cell : result.cells) {
    if (cell.injected_ns == 0) names.push_back(fmt::format("{} at {}", cell.name, cell.load));
  }
  return names.empty() ? "" : ", but for " + joined(names, ", ") + ", whose CPU could not be measured beforehand";
}

}  // namespace

Sheet sheet_of(const GateResult& result) {
  Sheet sheet;
  sheet.title = "interleave gate";
  const std::string against =
      fmt::format("{} (HEAD) against {} (BASE)", in_a_heading(result.head), in_a_heading(result.base));
  sheet.heading =
      result.planned() == 0 && !result.counted.empty()
          ? fmt::format("{}: what an item costs was counted, in {:.1f} min; above 0 % is more.", against,
                        result.minutes)
          : fmt::format(
                "{}: {} in {:.1f} min, above 0 % is slower. A cell is flagged by exact tests of its rounds and of its "
                "fast trials, at {:g} % for all together, and a change of {:+g} %, and confirmed by fresh rounds; "
                "changes are medians of rounds, intervals at 95 %.",
                against, cells_text(result.planned()), result.minutes, 100 * result.rules.error,
                100 * result.rules.bar);
  if (result.identical) sheet.notes.emplace_back("both have the same programs: this is an A/A run, any alarm is false");
  if (result.injected > 0)
    sheet.notes.push_back(fmt::format("every item of HEAD waits busily for {:g} % of its CPU", 100 * result.injected) +
                          not_injected(result));
  if (result.injected_calls > 0) sheet.notes.emplace_back("every item of HEAD makes one system call more");
  if (result.injected_allocations > 0) sheet.notes.emplace_back("every item of HEAD makes one allocation more");
  if (!result.uncounted.empty()) sheet.notes.push_back("nothing was counted: " + result.uncounted);
  if (result.attempts > 1 && result.contaminated.empty())
    sheet.notes.emplace_back("the first attempt was contaminated; this is the second");
  if (result.planned() > 0 && are_too_few(result.rules.rounds, result.planned(), result.rules))
    sheet.notes.push_back(
        fmt::format("{} rounds are too few for so many cells: none could be flagged", result.rules.rounds));
  for (const GateCell& cell : result.cells) {
    for (std::string& fault : faults_of(cell)) sheet.notes.push_back(std::move(fault));
  }
  sheet.left_out = result.left_out;
  if (has_judged_tail(result))
    sheet.notes.push_back(
        fmt::format("a p99 latency is flagged by a change of {:+g} %", 100 * of_tails(result.rules).bar));
  for (const std::string& load : loads_with_few_items(result))
    sheet.notes.push_back(fmt::format("{}: its p99 latency is not judged, which takes {} items", load, kTailItems));
  for (const GateCell& cell : result.cells) {
    for (const Quantity& quantity : cell.quantities) {
      if (quantity.judged) sheet.rows.push_back(row_of(cell, quantity, rules_of(quantity, result.rules)));
    }
  }
  for_each_count(result, [&](const CountedCell& cell, const std::string& name, double base, double head) {
    if (verdict_of_count(name, base, head) != CountVerdict::same) sheet.rows.push_back(row_of(cell, name, base, head));
  });
  for (const GateGap& gap : result.gaps)
    sheet.rows.push_back(gap_row(gap.load.empty() ? "every load" : gap.load, gap.model, gap.what));
  sheet.summary = counts_text(result);
  if (!result.cells.empty() || result.counted.empty())
    sheet.summary += fmt::format("{} slower, {} unconfirmed, {} too noisy, {} faster, {} fine. {}{}",
                                 count(result, GateVerdict::slower), count(result, GateVerdict::unconfirmed),
                                 count(result, GateVerdict::noisy), count(result, GateVerdict::faster),
                                 count(result, GateVerdict::fine), ending(result), power_of(result));
  else sheet.summary += ending(result);
  return sheet;
}

json json_of(const GateResult& result) {
  json cells = json::array(), gaps = json::array(), controls = json::object();
  for (const GateCell& cell : result.cells) {
    json quantities = json::array();
    for (const Quantity& quantity : cell.quantities) quantities.push_back(json_of(quantity));
    cells.push_back({{"load", cell.load},
                     {"model", cell.name},
                     {"rounds", cell.rounds},
                     {"dropped", cell.dropped},
                     {"injected_ns", cell.injected_ns},
                     {"quantities", std::move(quantities)}});
  }
  for (const GateGap& gap : result.gaps) gaps.push_back({{"load", gap.load}, {"model", gap.model}, {"what", gap.what}});
  for (const auto& [name, values] : result.controls) controls[name] = log_ratios(values);
  json counts = json::array();
  for_each_count(result, [&](const CountedCell& cell, const std::string& name, double base, double head) {
    counts.push_back({{"load", cell.load},
                      {"model", cell.name},
                      {"count", name},
                      {"base", base},
                      {"head", head},
                      {"verdict", name_of(verdict_of_count(name, base, head))}});
  });
  return {{"schema", 1},
          {"base", result.base},
          {"head", result.head},
          {"seed", result.seed},
          {"identical", result.identical},
          {"injected_percent", 100 * result.injected},
          {"injected_calls", result.injected_calls},
          {"injected_allocations", result.injected_allocations},
          {"error_percent", 100 * result.rules.error},
          {"bar_percent", 100 * result.rules.bar},
          {"attempts", result.attempts},
          {"minutes", result.minutes},
          {"contaminated", result.contaminated},
          {"exit_status", status_of(result)},
          {"cells", std::move(cells)},
          {"counts", std::move(counts)},
          {"not_counted", result.uncounted},
          {"gaps", std::move(gaps)},
          {"not_compared", result.left_out},
          {"controls", std::move(controls)}};
}

}  // namespace interleave
