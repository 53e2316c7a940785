// `interleave verdict`: computes verdict.json again from the files of a run.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/verdict.hpp"

#include <fmt/format.h>

#include <memory>

#include "harness/cli/commands.hpp"
#include "harness/machine/commit.hpp"
#include "harness/results/run_directory.hpp"
#include "harness/trial/checks.hpp"
#include "harness/verdict/table.hpp"

namespace interleave {
namespace {

struct Options {
  std::string dir;
  bool as_json = false;
};

int verdict(const Options& options) {
  const std::filesystem::path dir = options.dir;
  Plan plan;
  try {
    plan = (read_plan(dir, kVersion));
  } catch (const std::invalid_argument& error) {
    throw DamagedRun(fmt::format("{}/plan.json is damaged: {}", dir.string(), error.what()));
  }
  const StoredTrials stored = read_trials(dir);
  try {
    require_of_plan(plan, stored.trials);
  } catch (const std::invalid_argument& error) {
    throw DamagedRun(fmt::format("{}/trials.jsonl does not belong to plan.json: {}", dir.string(), error.what()));
  }
  const nlohmann::json computed = verdict_of(plan, stored.trials);
  write_durably(dir / "verdict.json", verdict_text(computed));
  fmt::print("{}", options.as_json ? verdict_text(computed) : table_of(computed));
  for (const nlohmann::json& trial : stored.trials) {
    if (is_fault(trial)) return kVoidTrials;
  }
  return stored.trials.empty() ? kInconclusive : kFine;
}

}  // namespace

void add_verdict(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("verdict", "The table of winners again, from the files of a run");
  const auto options = std::make_shared<Options>();
  command->add_option("dir", options->dir, "The directory of a run")->required();
  command->add_flag("--json", options->as_json, "verdict.json on stdout instead of the table");
  command->callback([options, &status] { status = verdict(*options); });
}

}  // namespace interleave
