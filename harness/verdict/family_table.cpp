// Text of the family table.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/family_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/text/joined.hpp"
#include "harness/verdict/wrapped.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr std::size_t kColumn = 11;  // of a family
constexpr std::size_t kMostRows = 12;

// "best", "+8 %", "2.1x"; in brackets where it is not told apart from the best.
std::string factor_text(const json& cell) {
  const double factor = cell.at("factor");
  if (factor < 1.005) return "best";
  const std::string text = factor < 1.995  ? fmt::format("+{:.0f} %", 100 * (factor - 1))
                           : factor < 9.95 ? fmt::format("{:.1f}x", factor)
                                           : fmt::format("{:.0f}x", factor);
  return cell.at("told_apart").get<bool>() ? text : "(" + text + ")";
}

std::string cell_text(const json& cell) {
  const std::string status = cell.at("status");
  if (status == "valid") return factor_text(cell);
  if (status == "slow" || status == "too_slow") return "slow";
  return status == "void" ? "void" : "-";
}

std::string name_of(const json& row) {
  const std::string said = row.at("said");
  return said.empty() ? row.at("label").get<std::string>() : said;
}

std::string line_of(const std::string& name, const std::vector<std::string>& cells) {
  std::string tail;
  for (const std::string& cell : cells) tail += fmt::format("{:>{}}", cell, kColumn);
  const std::size_t room = kColumns - tail.size();
  if (name.size() < room) return fmt::format("{:<{}}{}\n", name, room, tail);
  return wrapped("", name, 2) + std::string(room, ' ') + tail + "\n";
}

std::vector<const json*> shown(const json& families) {
  std::vector<const json*> rows, all;
  for (const json& row : families.at("rows")) {
    if (row.at("best").is_null()) continue;
    all.push_back(&row);
    if (!row.at("said").get<std::string>().empty()) rows.push_back(&row);
  }
  return rows.empty() ? all : rows;
}

}  // namespace

std::string family_table_of(const json& families) {
  if (families.at("columns").size() < 2) return "";
  std::vector<const json*> rows = shown(families);
  if (rows.empty()) return "";
  const std::size_t left_out = rows.size() > kMostRows ? rows.size() - kMostRows : 0;
  rows.resize(rows.size() - left_out);
  std::vector<std::string> heads, bearers;
  std::vector<std::vector<std::string>> cells(rows.size());
  for (std::size_t i = 0; i < families.at("columns").size(); ++i) {
    const json& column = families.at("columns")[i];
    const auto is_empty = [i](const json* row) { return cell_text(row->at("cells")[i]) == "-"; };
    if (std::all_of(rows.begin(), rows.end(), is_empty)) continue;  // it runs none of these
    heads.push_back(column.at("family"));
    bearers.push_back(column.at("model"));
    for (std::size_t row = 0; row < rows.size(); ++row) cells[row].push_back(cell_text(rows[row]->at("cells")[i]));
  }
  std::string text = line_of("", heads);
  for (std::size_t row = 0; row < rows.size(); ++row) text += line_of(name_of(*rows[row]), cells[row]);
  std::string key = fmt::format(
      "CPU per item, or time where items compute, or p99 latency where they come at a rate, beyond the best of those "
      "that keep up with the load ({:.0f} % of "
      "what is possible; "
      "else slow). In brackets: not told apart from the best ({:.0f} % interval of a pair).",
      100 * families.at("keeps_up_at").get<double>(), families.at("level_percent").get<double>());
  if (left_out > 0) key += fmt::format(" {} more loads: verdict.json.", left_out);
  return text + wrapped("", key + " The families stand as " + joined(bearers, ", ") + ".", 0);
}

}  // namespace interleave
