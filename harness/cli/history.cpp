// `interleave history`: many runs of one machine, and where a figure steps.
// SPDX-License-Identifier: Apache-2.0
#include "harness/history/history.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/commands.hpp"
#include "harness/cli/compare.hpp"
#include "harness/cli/layout.hpp"
#include "harness/cli/python.hpp"
#include "harness/posix/files.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/trial/child.hpp"

namespace interleave {
namespace {

struct HistoryOptions {
  std::vector<std::string> dirs;
  std::string chart, least = "2%";
  bool as_json = false;
};

constexpr std::chrono::minutes kDrawing(2);

void draw(const History& history, const std::string& chart) {
  const Scratch scratch;
  const std::filesystem::path data = scratch.path() / "history.json";
  write_checked(data, json_of(history).dump());
  output_of(python_that_draws(), {(report_script().parent_path() / "history.py").string(), data.string(), chart},
            kDrawing);
  say(fmt::format("chart: {}\n", chart));
}

int history(const HistoryOptions& options) {
  let_writes_fail();
  if (!options.chart.empty()) {
    const std::string ending = std::filesystem::path(options.chart).extension();
    if (ending != ".svg" && ending != ".png")
      throw std::invalid_argument("--chart takes a file that ends in .svg or .png, not " + options.chart);
    require_writable(options.chart);  // told before it is drawn
  }
  std::vector<StoredRun> runs;
  ChangeRules rules;
  rules.least = std::log1p(share_of("--least", options.least));
  std::vector<std::string> unread;
  for (const std::string& dir : options.dirs) {
    try {
      runs.push_back(stored_run(dir));
    } catch (const std::exception& error) {  // results/* has more than runs, and runs of other versions
      unread.emplace_back(error.what());
    }
  }
  const History all = history_of(runs, rules, std::move(unread));
  fmt::print("{}", options.as_json ? json_of(all).dump(1) + "\n" : text_of(all, rules));
  if (!options.chart.empty()) draw(all, options.chart);
  return kFine;
}

}  // namespace

void add_history(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand(
      "history", "Many runs of one machine over time: where a figure steps, and from which commit on");
  const auto options = std::make_shared<HistoryOptions>();
  command->add_option("dirs", options->dirs, "Directories of runs, in any order")->required();
  command->add_option("--least", options->least, "Steps below this are not told")->capture_default_str();
  command->add_option("--chart", options->chart, "Draw the series and their steps to this file, .svg or .png");
  command->add_flag("--json", options->as_json, "Every series and step on stdout, instead of the text");
  command->footer(
      "It fails nothing: exit status 0, or 2 where less than two runs can be read.\n"
      "A step needs five runs on either side, or three against nine.");
  command->callback([options, &status] { status = history(*options); });
}

}  // namespace interleave
