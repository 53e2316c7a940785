// One sheet, four forms.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/sheet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/verdict/wrapped.hpp"

namespace interleave {
namespace {

constexpr std::size_t kMarkdownRows = 22, kMarkdownNotes = 5;
constexpr std::size_t kModelColumns = 20;

std::string cut_to(const std::string& text, std::size_t columns) {
  return text.size() <= columns ? text : text.substr(0, columns - 2) + "..";
}

std::string row_line(const std::string& model, const std::string& quantity, const std::string& ratio,
                     const std::string& low, const std::string& high, const std::string& verdict) {
  return fmt::format("  {:<{}} {:<14} {:>8} {:>8} {:>8}  {}\n", cut_to(model, kModelColumns), kModelColumns, quantity,
                     ratio, low, high, verdict);
}

// What a program wrote may be in any encoding; bytes that are no UTF-8 are replaced.
std::string utf_8(const std::string& text) {
  const std::string quoted = nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return nlohmann::json::parse(quoted).get<std::string>();
}

// A control character is none of XML's, whatever its entity.
std::string xml(const std::string& text) {
  std::string safe;
  for (const char c : utf_8(text)) {
    if (c == '&') safe += "&amp;";
    else if (c == '<') safe += "&lt;";
    else if (c == '>') safe += "&gt;";
    else if (c == '"') safe += "&quot;";
    else if (static_cast<unsigned char>(c) < 0x20) safe += ' ';
    else safe += c;
  }
  return safe;
}

// As GitHub reads a workflow command; a property ends at a colon or a comma, too.
std::string command_text(const std::string& text, bool property) {
  std::string safe;
  for (const char c : text) {
    if (c == '%') safe += "%25";
    else if (c == '\r') safe += "%0D";
    else if (c == '\n') safe += "%0A";
    else if (property && c == ':') safe += "%3A";
    else if (property && c == ',') safe += "%2C";
    else safe += c;
  }
  return safe;
}

std::string named(const SheetRow& row) {
  std::string text = row.load;
  for (const std::string& part : {row.model, row.quantity}) {
    if (!part.empty()) text += ", " + part;
  }
  return text;
}

std::string said(const SheetRow& row) {
  std::string text = row.verdict;
  if (row.ratio) text += " " + percent_text(row.ratio);
  if (row.low && row.high) text += fmt::format(" ({} to {})", percent_text(row.low), percent_text(row.high));
  return row.note.empty() ? text : text + ": " + row.note;
}

std::vector<const SheetRow*> heaviest_first(const Sheet& sheet) {
  std::vector<const SheetRow*> rows;
  for (const SheetRow& row : sheet.rows) rows.push_back(&row);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const SheetRow* a, const SheetRow* b) { return a->weight > b->weight; });
  return rows;
}

std::size_t count(const Sheet& sheet, Weight weight) {
  return static_cast<std::size_t>(
      std::count_if(sheet.rows.begin(), sheet.rows.end(), [&](const SheetRow& row) { return row.weight == weight; }));
}

}  // namespace

SheetRow gap_row(const std::string& load, const std::string& model, const std::string& what) {
  return {.load = load,
          .model = model,
          .quantity = "",
          .verdict = "coverage",
          .weight = Weight::gap,
          .ratio = {},
          .low = {},
          .high = {},
          .note = what};
}

std::string markdown_cell(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '|') safe += "\\|";
    else safe += c == '\n' ? ' ' : c;
  }
  return safe;
}

std::string cells_text(std::size_t count) { return fmt::format("{} cell{}", count, count == 1 ? "" : "s"); }

std::string percent_text(std::optional<double> ratio) {
  if (!ratio) return "-";
  if (std::isinf(*ratio)) return "inf";
  const double percent = 100 * (*ratio - 1);
  return fmt::format("{:+.1f} %", std::abs(percent) < 0.05 ? 0 : percent);
}

NLOHMANN_JSON_SERIALIZE_ENUM(
    Weight, {{Weight::fine, "fine"}, {Weight::open, "open"}, {Weight::gap, "gap"}, {Weight::failure, "failure"}})

void to_json(nlohmann::json& out, const Sheet& sheet) {
  const auto or_null = [](std::optional<double> value) {
    return value && std::isfinite(*value) ? nlohmann::json(*value) : nlohmann::json(nullptr);
  };
  out = {{"heading", sheet.heading},
         {"notes", sheet.notes},
         {"rows", nlohmann::json::array()},
         {"left_out", sheet.left_out},
         {"summary", sheet.summary}};
  for (const SheetRow& row : sheet.rows) {
    out["rows"].push_back({{"load", row.load},
                           {"model", row.model},
                           {"quantity", row.quantity},
                           {"verdict", row.verdict},
                           {"weight", row.weight},
                           {"ratio", or_null(row.ratio)},
                           {"low", or_null(row.low)},
                           {"high", or_null(row.high)},
                           {"note", row.note}});
  }
}

std::string text_of(const Sheet& sheet) {
  std::string text = wrapped("", sheet.heading, 0);
  for (const std::string& note : sheet.notes) text += wrapped("note: ", note, 2);
  if (!sheet.rows.empty()) text += "\n" + row_line("model", "quantity", "change", "low", "high", "verdict");
  std::string load;
  for (const SheetRow& row : sheet.rows) {
    if (row.load != load) text += wrapped("", row.load, 2);
    load = row.load;
    if (row.weight == Weight::gap) {
      text += wrapped("  ", fmt::format("{}{}", row.model.empty() ? "" : row.model + ": ", row.note), 4);
      continue;
    }
    text += row_line(row.model, row.quantity, percent_text(row.ratio), percent_text(row.low), percent_text(row.high),
                     row.verdict);
    if (!row.note.empty()) text += wrapped("    ", row.note, 4);
  }
  if (!sheet.left_out.empty()) text += "\nnot compared:\n";
  for (const std::string& line : sheet.left_out) text += wrapped("  ", line, 4);
  return text + "\n" + wrapped("", sheet.summary, 0);
}

std::string markdown_of(const Sheet& sheet) {
  std::string text = fmt::format("### {}\n\n{}\n\n**{}**\n", sheet.title, sheet.heading, sheet.summary);
  if (!sheet.rows.empty())
    text += "\n| load | model | quantity | change | low | high | verdict |\n|---|---|---|---:|---:|---:|---|\n";
  const std::vector<const SheetRow*> rows = heaviest_first(sheet);
  const std::size_t shown = std::min(rows.size(), kMarkdownRows);
  for (std::size_t i = 0; i < shown; ++i) {
    const SheetRow& row = *rows[i];
    const std::string verdict = row.note.empty() ? row.verdict : row.verdict + ": " + row.note;
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", markdown_cell(row.load), markdown_cell(row.model),
                        row.quantity, percent_text(row.ratio), percent_text(row.low), percent_text(row.high),
                        markdown_cell(verdict));
  }
  if (shown < rows.size())
    text += fmt::format("\n{} more rows, none of them heavier than these.\n", rows.size() - shown);
  if (!sheet.notes.empty()) text += "\n";
  for (std::size_t i = 0; i < std::min(sheet.notes.size(), kMarkdownNotes); ++i)
    text += fmt::format("- {}\n", markdown_cell(sheet.notes[i]));
  if (!sheet.left_out.empty()) text += fmt::format("\n{} cells have no value in either.\n", sheet.left_out.size());
  return text;
}

std::string junit_of(const Sheet& sheet) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  text +=
      fmt::format("<testsuites>\n<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n",
                  xml(sheet.title), sheet.rows.size() + sheet.left_out.size(), count(sheet, Weight::failure),
                  count(sheet, Weight::gap), count(sheet, Weight::open) + sheet.left_out.size());
  for (const SheetRow& row : sheet.rows) {
    const std::string name =
        row.model.empty() ? "the load" : row.model + (row.quantity.empty() ? "" : " " + row.quantity);
    text += fmt::format("<testcase classname=\"{}\" name=\"{}\">", xml(row.load), xml(name));
    if (row.weight == Weight::failure) text += fmt::format("<failure message=\"{}\"/>", xml(said(row)));
    else if (row.weight == Weight::gap) text += fmt::format("<error message=\"{}\"/>", xml(said(row)));
    else if (row.weight == Weight::open) text += fmt::format("<skipped message=\"{}\"/>", xml(said(row)));
    else text += fmt::format("<system-out>{}</system-out>", xml(said(row)));
    text += "</testcase>\n";
  }
  for (const std::string& line : sheet.left_out) {
    text += fmt::format("<testcase classname=\"not compared\" name=\"{}\"><skipped/></testcase>\n", xml(line));
  }
  return text + fmt::format("<system-out>{}</system-out>\n</testsuite>\n</testsuites>\n", xml(sheet.summary));
}

std::string github_of(const Sheet& sheet) {
  std::string text;
  for (const SheetRow* const row : heaviest_first(sheet)) {
    if (row->weight == Weight::fine) continue;
    text += fmt::format("::{} title={}::{}\n", row->weight == Weight::open ? "warning" : "error",
                        command_text(sheet.title, true), command_text(named(*row) + ": " + said(*row), false));
  }
  for (const std::string& note : sheet.notes)
    text += fmt::format("::notice title={}::{}\n", command_text(sheet.title, true), command_text(note, false));
  return text +
         fmt::format("::notice title={}::{}\n", command_text(sheet.title, true), command_text(sheet.summary, false));
}

}  // namespace interleave
