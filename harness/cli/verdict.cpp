// `interleave verdict`: computes verdict.json again from the files of a run.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/verdict.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <memory>
#include <system_error>

#include "harness/cli/begun_run.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/limits/limits.hpp"
#include "harness/limits/limits_table.hpp"
#include "harness/machine/commit.hpp"
#include "harness/posix/files.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/results/run_directory.hpp"
#include "harness/verdict/table.hpp"

namespace interleave {
namespace {

struct VerdictOptions {
  std::string dir;
  bool as_json = false;
};

// An archive may be read-only: the verdict is printed all the same, and that is no failure. Any other is.
bool keep(const std::filesystem::path& file, const std::string& text) {
  if (text_in(file) == text) return true;
  try {
    write_durably(file, text);
  } catch (const std::system_error& error) {
    say(fmt::format("interleave: {}\n", error.what()));
    const int code = error.code().value();
    return code == EROFS || code == EACCES || code == EPERM;
  }
  return true;
}

int limits_again(const std::filesystem::path& dir, const Plan& plan, bool as_json) {
  const StoredTrials stored = stored_limits(dir, plan);
  const nlohmann::json computed = limits_of(plan, stored.trials);
  const std::string text = computed.dump(1) + "\n";
  fmt::print("{}", as_json ? text : limits_table_of(computed));
  return keep(dir / "limits.json", text) ? status_of(stored.trials, {}, false) : kUsage;
}

int verdict(const VerdictOptions& options) {
  const std::filesystem::path dir = options.dir;
  Plan plan;
  try {
    plan = read_plan(dir, kVersion).get<Plan>();
  } catch (const std::invalid_argument& error) {
    throw DamagedRun(fmt::format("{}/plan.json is damaged: {}", dir.string(), error.what()));
  }
  if (!plan.ladders.empty()) return limits_again(dir, plan, options.as_json);
  const StoredTrials stored = read_trials(dir);
  try {
    require_of_plan(plan, stored.trials);
  } catch (const std::invalid_argument& error) {
    throw DamagedRun(fmt::format("{}/trials.jsonl does not belong to plan.json: {}", dir.string(), error.what()));
  }
  const nlohmann::json computed = verdict_of(plan, stored.trials);
  fmt::print("{}", options.as_json ? verdict_text(computed) : table_of(computed));
  const std::vector<std::string> unranked = asked_but_unranked(plan, computed);
  for (const std::string& line : unranked) say("interleave: " + line + "\n");
  return keep(dir / "verdict.json", verdict_text(computed)) ? status_of(stored.trials, unranked, false) : kUsage;
}

}  // namespace

void add_verdict(CLI::App& app, int& status) {
  CLI::App* const command =
      app.add_subcommand("verdict", "The table of winners, or of limits, again, from the files of a run");
  const auto options = std::make_shared<VerdictOptions>();
  command->add_option("dir", options->dir, "The directory of a run")->required();
  command->add_flag("--json", options->as_json, "verdict.json on stdout instead of the table");
  command->callback([options, &status] { status = verdict(*options); });
}

}  // namespace interleave
