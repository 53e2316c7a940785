// What compare and gate have to say, and the forms in which it is said: a terminal, a pull request, a CI's own files.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace interleave {

enum class Weight : std::uint8_t { fine, open, gap, failure };  // of a row, the heaviest last

struct SheetRow {
  std::string load, model, quantity, verdict;
  Weight weight = Weight::fine;
  std::optional<double> ratio, low, high;  // more than 1 is slower
  std::string note;
};

struct Sheet {
  std::string title;               // "interleave compare"
  std::string heading;             // what is against what
  std::vector<std::string> notes;  // that hold for all rows: another machine, another seed
  std::vector<SheetRow> rows;
  std::vector<std::string> left_out;  // in a line each
  std::string summary;                // in a sentence, the exit status included
};

// A cell that cannot be compared, and why.
SheetRow gap_row(const std::string& load, const std::string& model, const std::string& what);

std::string text_of(const Sheet& sheet);  // no line wider than 80 columns, but where a name is
// For a pull request: at most 40 lines, what fails first, how many rows are left out last.
std::string markdown_of(const Sheet& sheet);
// A case a row: failures fail, gaps are errors, open ones are skipped with the reason.
std::string junit_of(const Sheet& sheet);
// Workflow commands of GitHub: an error a failure and a gap, a warning an open row, a notice for the summary.
std::string github_of(const Sheet& sheet);

// {"heading","notes":[],"rows":[{"load","model","quantity","verdict","weight":"fine|open|gap|failure","ratio","low","high","note"}],"left_out":[],"summary"}
void to_json(nlohmann::json& out, const Sheet& sheet);

// "+5.3 %"; "-" where there is none.
std::string percent_text(std::optional<double> ratio);
// "1 cell", "3 cells".
std::string cells_text(std::size_t count);
// A text in a cell of a Markdown table.
std::string markdown_cell(const std::string& text);

}  // namespace interleave
