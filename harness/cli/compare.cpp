// `interleave compare`: two runs at hand, cell by cell.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/compare.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/commands.hpp"
#include "harness/gate/comparison_sheet.hpp"
#include "harness/machine/commit.hpp"
#include "harness/results/run_directory.hpp"
#include "harness/text/leading_number.hpp"
#include "harness/verdict/verdict.hpp"

namespace interleave {
namespace {

using nlohmann::json;

struct CompareOptions {
  std::string base, fresh;
  std::string fail_over = "5%";
  std::string format = "text";
};

std::string said_as(const std::string& format, const Comparison& comparison, const CompareOptions& options) {
  if (format == "json") return json_of(comparison, options.base, options.fresh).dump(1) + "\n";
  const Sheet sheet = sheet_of(comparison, options.base, options.fresh);
  if (format == "markdown") return markdown_of(sheet);
  if (format == "junit") return junit_of(sheet);
  return format == "github" ? github_of(sheet) : text_of(sheet);
}

}  // namespace

StoredRun stored_run(const std::filesystem::path& dir) {
  StoredRun run;
  run.name = dir.string();
  try {
    run.plan = read_plan(dir, kVersion).get<Plan>();
    run.trials = read_trials(dir).trials;
    require_of_plan(run.plan, run.trials);
  } catch (const std::invalid_argument& error) {
    throw DamagedRun(fmt::format("{} is damaged: {}", dir.string(), error.what()));
  }
  run.environment = read_environment(dir);
  return run;
}

double share_of(const std::string& option, const std::string& text) {
  const auto number = leading_number<double>(text);
  const bool percent = number.rest == "%" || number.rest == " %";
  const double share = percent ? number.value / 100 : number.value;
  if (number.error != std::errc() || !(percent || number.rest.empty()) || !(share > 0 && share <= 10))
    throw std::invalid_argument(option + " takes a share above 0 and up to 1000 %, such as 5% or 0.05, not " + text);
  return share;
}

int compare_runs(const std::string& base, const std::string& fresh, double margin, const std::string& format) {
  const CompareOptions options{.base = base, .fresh = fresh, .fail_over = "", .format = format};
  const Comparison comparison = compare(stored_run(base), stored_run(fresh), margin);
  fmt::print("{}", said_as(format, comparison, options));
  return status_of(comparison);
}

void add_compare(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("compare", "Two runs at hand, cell by cell: is the new one slower?");
  const auto options = std::make_shared<CompareOptions>();
  command->add_option("base", options->base, "The directory of the run to compare with")->required();
  command->add_option("new", options->fresh, "The directory of the run in question")->required();
  command
      ->add_option("--fail-over", options->fail_over,
                   "A cell whose interval lies wholly beyond this much slower is a regression")
      ->capture_default_str();
  command->add_option("--format", options->format, "text, json, markdown, junit or github")
      ->check(CLI::IsMember({"text", "json", "markdown", "junit", "github"}))
      ->capture_default_str();
  command->footer(kGateStatuses);
  command->callback([options, &status] {
    status = compare_runs(options->base, options->fresh, share_of("--fail-over", options->fail_over), options->format);
  });
}

}  // namespace interleave
