// Rows of a comparison.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/comparison_sheet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/verdict/cells.hpp"

namespace interleave {
namespace {

using nlohmann::json;

SheetRow row_of(const ComparedCell& cell) {
  SheetRow row{.load = cell.load,
               .model = cell.model,
               .quantity = cell.quantity,
               .verdict = std::string(name_of(cell.verdict)),
               .weight = Weight::fine,
               .ratio = cell.ratio.ratio,
               .low = {},
               .high = {},
               .note = cell.note};
  if (cell.verdict == CellVerdict::slower) row.weight = Weight::failure;
  else if (cell.may_be_slower) row.weight = Weight::open;
  if (const auto& interval = cell.ratio.interval) {
    row.low = interval->low;
    row.high = interval->high;
  }
  return row;
}

std::string ending(const Comparison& comparison) {
  switch (status_of(comparison)) {
    case 0: return "Pass (exit 0).";
    case 1: return "Regression (exit 1).";
    case 4: return fmt::format("{} in one run alone (exit 4).", cells_text(comparison.gaps.size()));
    default: break;
  }
  if (comparison.cells.empty()) return "Nothing was compared (exit 3).";
  const auto open = std::count_if(comparison.cells.begin(), comparison.cells.end(),
                                  [](const ComparedCell& cell) { return cell.may_be_slower; });
  std::string text = fmt::format("Inconclusive (exit 3): {} may be slower by {:g} % or more",
                                 cells_text(static_cast<std::size_t>(open)), 100 * comparison.margin);
  const bool too_few = std::any_of(comparison.cells.begin(), comparison.cells.end(),
                                   [](const ComparedCell& cell) { return cell.may_be_slower && !cell.ratio.interval; });
  if (too_few) text += fmt::format("; an interval takes {} valid rounds in both runs", comparison.rounds_for_interval);
  return text + ".";
}

}  // namespace

Sheet sheet_of(const Comparison& comparison, const std::string& base, const std::string& fresh) {
  Sheet sheet;
  sheet.title = "interleave compare";
  sheet.heading = fmt::format(
      "{} (NEW) against {} (BASE): {}, above 0 % is slower. Each interval is at {:.4g} %, so that all hold at once in "
      "{:g} % of pairs of runs.",
      fresh, base, cells_text(comparison.cells.size()), comparison.level_percent, 100 * (1 - kComparisonError));
  sheet.notes = comparison.differences;
  for (const ComparedCell& cell : comparison.cells) sheet.rows.push_back(row_of(cell));
  for (const Gap& gap : comparison.gaps) sheet.rows.push_back(gap_row(gap.load, gap.model, gap.what));
  sheet.left_out = comparison.left_out;
  sheet.summary = fmt::format("{} slower, {} faster, {} the same within {:g} %, {} unresolved. {}",
                              comparison.count(CellVerdict::slower), comparison.count(CellVerdict::faster),
                              comparison.count(CellVerdict::same), 100 * comparison.margin,
                              comparison.count(CellVerdict::unresolved), ending(comparison));
  return sheet;
}

json json_of(const Comparison& comparison, const std::string& base, const std::string& fresh) {
  json cells = json::array(), gaps = json::array();
  for (const ComparedCell& cell : comparison.cells) {
    const auto& interval = cell.ratio.interval;
    cells.push_back({{"point", cell.point},
                     {"load", cell.load},
                     {"model", cell.model},
                     {"quantity", cell.quantity},
                     {"verdict", name_of(cell.verdict)},
                     {"may_be_slower", cell.may_be_slower},
                     {"ratio", number_or_null(cell.ratio.ratio)},
                     {"low", interval ? number_or_null(interval->low) : json(nullptr)},
                     {"high", interval ? number_or_null(interval->high) : json(nullptr)},
                     {"note", cell.note}});
  }
  for (const Gap& gap : comparison.gaps)
    gaps.push_back({{"point", gap.point}, {"load", gap.load}, {"model", gap.model}, {"what", gap.what}});
  return {{"schema", 1},
          {"base", base},
          {"new", fresh},
          {"fail_over_percent", 100 * comparison.margin},
          {"level_percent", comparison.level_percent},
          {"error_percent", 100 * kComparisonError},
          {"exit_status", status_of(comparison)},
          {"cells", std::move(cells)},
          {"gaps", std::move(gaps)},
          {"not_compared", comparison.left_out},
          {"differences", comparison.differences}};
}

}  // namespace interleave
