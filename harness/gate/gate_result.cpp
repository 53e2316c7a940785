// From rounds to verdicts.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/gate_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "harness/gate/signed_rank.hpp"
#include "harness/judge/reason.hpp"
#include "harness/verdict/cells.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr std::array<const char*, 2> kSides{"BASE", "HEAD"};

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

// Neither side could keep the load up: the machine is too busy for it.
bool is_starved(const GateCell& cell) {
  return has_few_rounds(cell) && std::all_of(cell.troubles.begin(), cell.troubles.end(), [](const Trouble& trouble) {
           const std::size_t begins = std::string_view("void: ").size();
           const std::size_t ends = trouble.first.find(':', begins);
           return ends != std::string::npos && is_lost(std::string_view(trouble.first).substr(begins, ends - begins));
         });
}

bool is_hole(const GateCell& cell) { return !ran_out(cell) && has_few_rounds(cell) && !is_starved(cell); }

void leave_a_gap(GateResult& result, const GateCell& cell) {
  const auto& [base, head] = cell.troubles;
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
  result.gaps.push_back({cell.load, cell.name, what});
}

std::vector<double> turned(std::vector<double> values) {
  for (double& value : values) value = -value;
  return values;
}

GateVerdict verdict_of(const Quantity& quantity, bool was_flagged, const GateResult& result) {
  const GateRules& rules = result.rules;
  if (was_flagged) return is_confirmed(quantity.rounds, rules) ? GateVerdict::slower : GateVerdict::unconfirmed;
  const std::vector<double> faster = turned(quantity.rounds.head);
  if (flagged({faster}, result.planned(), rules).front()) return GateVerdict::faster;
  if (!quantity.detectable || *quantity.detectable > rules.noise_limit) return GateVerdict::noisy;
  return GateVerdict::fine;
}

std::size_t count(const GateResult& result, GateVerdict verdict) {
  std::size_t found = 0;
  for (const GateCell& cell : result.cells) {
    for (const Quantity& quantity : cell.quantities) found += quantity.judged && quantity.verdict == verdict ? 1 : 0;
  }
  return found;
}

SheetRow row_of(const GateCell& cell, const Quantity& quantity) {
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
    row.note = fmt::format("only {:+.0f} % or more would be found", 100 * *quantity.detectable);
  if (!quantity.rounds.confirming.empty())
    row.note = fmt::format("{} in {} fresh rounds", percent_text(std::exp(median_of(quantity.rounds.confirming))),
                           quantity.rounds.confirming.size());
  return row;
}

// Of what both sides have: instructions, for one, may be told of neither or of one.
template <class Do>
void for_each_count(const GateResult& result, Do what) {
  for (const CountedCell& cell : result.counted) {
    for (const auto& [name, base] : cell.counts[0].values) {
      const auto head = cell.counts[1].values.find(name);
      if (head != cell.counts[1].values.end()) what(cell, name, base, head->second);
    }
  }
}

std::size_t count(const GateResult& result, CountVerdict verdict) {
  std::size_t found = 0;
  for_each_count(result, [&](const CountedCell&, const std::string& name, double base, double head) {
    found += verdict_of_count(name, base, head) == verdict ? 1 : 0;
  });
  return found;
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
  if (!result.contaminated.empty())
    return fmt::format("Contaminated{}, tried {}: {}.",
                       status_of(result) == 1 ? ", but a count is a regression all the same (exit 1)" : " (exit 3)",
                       result.attempts == 1 ? "once" : "twice", result.contaminated);
  switch (status_of(result)) {
    case 0: return "Pass (exit 0).";
    case 1: return "Regression (exit 1).";
    case 4: return fmt::format("{} missing, void or new (exit 4).", cells_text(result.gaps.size()));
    default: break;
  }
  return result.planned() == 0 && result.counted.empty() ? "Nothing was measured (exit 3)." : "Inconclusive (exit 3).";
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

json json_of(const Quantity& quantity) {
  const SheetRow row = row_of(GateCell{}, quantity);
  const auto or_null = [](const std::optional<double>& value) { return value ? number_or_null(*value) : json(); };
  const Rounds& rounds = quantity.rounds;
  return {{"quantity", quantity.name},
          {"judged", quantity.judged},
          {"verdict", name_of(quantity.verdict)},
          {"ratio", or_null(row.ratio)},
          {"low", or_null(row.low)},
          {"high", or_null(row.high)},
          {"p", rounds.head.empty() ? json() : json(signed_rank_p(rounds.head))},
          {"round_sd", spread_of(rounds.head)},
          {"detectable", or_null(quantity.detectable)},
          {"log_ratios", log_ratios(rounds.head)},
          {"base_pair", log_ratios(rounds.base_pair)},
          {"head_pair", log_ratios(rounds.head_pair)},
          {"confirming", log_ratios(rounds.confirming)}};
}

}  // namespace

std::string_view name_of(GateVerdict verdict) noexcept {
  constexpr std::array<std::string_view, 6> kNames{"fine", "faster", "slower", "unconfirmed", "noisy", "shown"};
  return kNames[static_cast<std::size_t>(verdict)];
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
  std::vector<std::span<const double>> rounds;
  for_each_judged(result.cells, [&](GateCell& cell, Quantity& quantity) {
    if (cell.dropped || is_hole(cell) || is_starved(cell)) return;
    quantities.push_back(&quantity);
    rounds.emplace_back(quantity.rounds.head);
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
  std::vector<const Rounds*> rounds;
  for (const GateCell& cell : result.cells) {
    for (const Quantity& quantity : cell.quantities) {
      if (quantity.judged) rounds.push_back(&quantity.rounds);
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
      quantity.detectable = detectable(spread_of(quantity.rounds.head), planned, result.rules);
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
  if (!result.contaminated.empty()) return 3;
  if (count(result, GateVerdict::slower) > 0) return 1;
  if (!result.gaps.empty()) return 4;
  const bool open = count(result, GateVerdict::unconfirmed) + count(result, GateVerdict::noisy) > 0;
  return open || (result.planned() == 0 && result.counted.empty()) ? 3 : 0;
}

Sheet sheet_of(const GateResult& result) {
  Sheet sheet;
  sheet.title = "interleave gate";
  const std::string against = fmt::format("{} (HEAD) against {} (BASE)", result.head, result.base);
  sheet.heading =
      result.planned() == 0 && !result.counted.empty()
          ? fmt::format("{}: what an item costs was counted, in {:.1f} min; above 0 % is more.", against,
                        result.minutes)
          : fmt::format(
                "{}: {} in {:.1f} min, above 0 % is slower. A cell is flagged by the signed-rank test at {:g} % "
                "for all together and a median of {:+g} %, and confirmed by fresh rounds; intervals are of each "
                "median, at 95 %.",
                against, cells_text(result.planned()), result.minutes, 100 * result.rules.error,
                100 * result.rules.bar);
  if (result.identical) sheet.notes.emplace_back("both have the same programs: this is an A/A run, any alarm is false");
  if (result.injected > 0)
    sheet.notes.push_back(fmt::format("every item of HEAD waits busily for {:g} % of its CPU", 100 * result.injected));
  if (result.injected_calls > 0) sheet.notes.emplace_back("every item of HEAD makes one system call more");
  if (result.injected_allocations > 0) sheet.notes.emplace_back("every item of HEAD makes one allocation more");
  if (!result.uncounted.empty()) sheet.notes.push_back("nothing was counted: " + result.uncounted);
  if (result.attempts > 1 && result.contaminated.empty())
    sheet.notes.emplace_back("the first attempt was contaminated; this is the second");
  if (result.planned() > 0 && least_signed_rank_p(result.rules.rounds) >
                                  result.rules.error / static_cast<double>(std::max<std::size_t>(1, result.planned())))
    sheet.notes.push_back(
        fmt::format("{} rounds are too few for so many cells: none could be flagged", result.rules.rounds));
  sheet.left_out = result.left_out;
  for (const GateCell& cell : result.cells) {
    for (const Quantity& quantity : cell.quantities) {
      if (quantity.judged) sheet.rows.push_back(row_of(cell, quantity));
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
