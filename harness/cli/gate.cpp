// `interleave gate`: is head slower than base? Two revisions, builds or runs.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>

#include "harness/cli/commands.hpp"
#include "harness/cli/compare.hpp"
#include "harness/cli/gate_setting.hpp"
#include "harness/cli/layout.hpp"
#include "harness/cli/set_up.hpp"
#include "harness/gate/arm.hpp"
#include "harness/gate/baseline.hpp"
#include "harness/gate/baseline_comparison.hpp"
#include "harness/gate/gate_run.hpp"
#include "harness/gate/gate_sheet.hpp"
#include "harness/gate/revision.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/machine/facts.hpp"
#include "harness/machine/findings.hpp"
#include "harness/machine/run_lock.hpp"
#include "harness/posix/files.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/text/joined.hpp"
#include "harness/text/option_checks.hpp"

namespace interleave {
namespace {

namespace fs = std::filesystem;

struct GateOptions {
  std::string base, head;
  std::string command_base, command_head;
  std::string baseline;
  RunRequest request;
  GateRules rules;
  std::optional<std::uint64_t> seed;
  std::string inject, fail_over = "5%";
  std::string json, markdown, junit;
  std::string only;
  bool github = false, dry_run = false, allow_dirty = false, any_flags = false;
};

Arm arm_of(const std::string& text, ArmKind kind, const std::optional<Revisions>& revisions,
           const Interrupt& interrupt) {
  return kind == ArmKind::build ? built_arm(text, text) : revisions->built(text, interrupt);
}

std::array<Arm, 2> arms_of(const GateOptions& options, std::array<ArmKind, 2> kinds, const Interrupt& interrupt) {
  std::optional<Revisions> revisions;
  if (kinds[0] == ArmKind::revision || kinds[1] == ArmKind::revision) revisions.emplace(fs::current_path());
  for (const auto& [text, kind] : {std::pair(options.base, kinds[0]), std::pair(options.head, kinds[1])}) {
    if (kind == ArmKind::revision)
      revisions->commit_of(text);  // a mistake in the second is told before the first is built
  }
  if (revisions && !options.allow_dirty) revisions->require_clean();
  std::array<Arm, 2> arms{arm_of(options.base, kinds[0], revisions, interrupt),
                          arm_of(options.head, kinds[1], revisions, interrupt)};
  const std::vector<std::string> differences = differing_flags(arms[0], arms[1]);
  if (!differences.empty() && !options.any_flags)
    throw std::invalid_argument(
        "base and head were built differently, so that more than their source would be compared (" +
        joined(differences, "; ") + "): build them alike, or say --any-flags");
  return arms;
}

int say_plan(const GatePlan& plan, const GateRules& rules) {
  for (const GateCell& cell : plan.cells) {
    std::vector<std::string> judged;
    for (const Quantity& quantity : cell.quantities) {
      if (quantity.judged) judged.push_back(quantity.name);
    }
    fmt::print("{}, {}: {}\n", cell.load, cell.name, joined(judged, ", "));
  }
  for (const GateGap& gap : plan.gaps) fmt::print("gap: {} {}: {}\n", gap.load, gap.model, gap.what);
  const GateTime time = expected_time(plan, rules);
  fmt::print("{} cells, {} rounds of 4 trials: {:.1f} to {:.1f} min, and confirmation where a cell is flagged\n",
             plan.cells.size(), rules.rounds, static_cast<double>(time.least.count()) / 60,
             static_cast<double>(time.most.count()) / 60);
  return kFine;
}

// Before minutes are measured for them.
void require_places(const GateOptions& options) {
  for (const std::string& file : {options.json, options.markdown, options.junit}) {
    if (file.empty()) continue;
    const fs::path folder = fs::absolute(file).parent_path();
    if (!fs::is_directory(folder))
      throw std::invalid_argument(fmt::format("cannot write {}: there is no folder {}", file, folder.string()));
    if (fs::is_directory(file)) throw std::invalid_argument(fmt::format("cannot write {}: it is a folder", file));
  }
}

void write_forms(const GateOptions& options, const nlohmann::json& document, const Sheet& sheet) {
  if (!options.json.empty())
    write_checked(options.json, document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  if (!options.markdown.empty()) write_checked(options.markdown, markdown_of(sheet));
  if (!options.junit.empty()) write_checked(options.junit, junit_of(sheet));
  if (options.github) fmt::print("{}", github_of(sheet));
}

// `run` measures; what is said before, behind and in case of an interrupt is the same of models and commands.
template <class Run>
int measure(const GateOptions& options, GateSetting setting, bool identical, Run run) {
  warn_of(machine_facts());
  setting.rules = options.rules;
  setting.seed = options.request.seed;
  complete(setting);
  if (options.inject.empty() && identical) say("base and head have the same programs: this is an A/A run\n");
  try {
    const GateResult result = run(setting);
    const Sheet sheet = sheet_of(result);
    fmt::print("{}", text_of(sheet));
    write_forms(options, json_of(result), sheet);
    return status_of(result);
  } catch (const Interrupted&) {
    say("interleave: interrupted: nothing is said of a gate that was not finished\n");
    return kInterrupted;
  }
}

int gate_of_commands(const CLI::App& command, GateOptions options) {
  refuse(command,
         {"--models", "--workloads", "--in-flight", "--set", "--profile", "--fail-over", "--allow-dirty", "--any-flags",
          "--only"},
         "commands are measured as they are");
  if (options.command_base.empty() || options.command_head.empty())
    throw std::invalid_argument("--command-base and --command-head are given together");
  if (!options.base.empty() || !options.inject.empty())
    throw std::invalid_argument("commands are measured alone: leave out BASE, HEAD and --inject");
  if (options.dry_run) {
    fmt::print("{} rounds of 4 runs of the commands, and {} where one is flagged\n", options.rules.rounds,
               options.rules.confirming_rounds);
    return kFine;
  }
  options.request.seed = options.seed.value_or(std::random_device{}());
  const std::array<std::string, 2> commands{options.command_base, options.command_head};
  const Interrupt interrupt;
  const RunLock lock;
  return measure(options, {.names = commands}, commands[0] == commands[1],
                 [&](const GateSetting& setting) { return run_command_gate(commands, setting, interrupt); });
}

// Head alone against what another build left, perhaps on another machine.
int gate_of_baseline(const CLI::App& command, const GateOptions& options) {
  refuse(command,
         {"--models", "--workloads", "--in-flight", "--set", "--profile", "--seed", "--confirm", "--any-flags",
          "--fail-over", "--dry-run"},
         "with --baseline the loads are those of the file");
  if (!options.head.empty() || !options.command_base.empty() || !options.command_head.empty())
    throw std::invalid_argument("--baseline stands for BASE: give HEAD alone, or nothing for this build");
  const Baseline then = read_baseline(options.baseline);
  const Interrupt interrupt;
  GateSetting setting;
  inject(setting, options.inject);
  if (setting.inject > 0) throw std::invalid_argument("--inject with --baseline takes call or allocation");
  count_with(setting, options.only);
  if (command.count("--rounds") > 0) setting.rules.rounds = options.rules.rounds;
  else setting.rules.rounds = then.rounds;
  const auto now = measured_alone(
      setting, {.build = options.base, .profile = then.profile, .seed = then.seed, .allow_dirty = options.allow_dirty},
      interrupt);
  if (!now) return kInterrupted;
  const BaselineComparison comparison = compare_to(then, *now, options.baseline);
  fmt::print("{}", text_of(comparison.sheet));
  nlohmann::json document = *now;
  document["compared"] = comparison.sheet;
  document["compared"]["status"] = comparison.status;
  write_forms(options, document, comparison.sheet);
  return comparison.status;
}

int gate(const CLI::App& command, GateOptions options) {
  let_writes_fail();
  require_places(options);
  if (!options.baseline.empty()) return gate_of_baseline(command, options);
  if (!options.command_base.empty() || !options.command_head.empty())
    return gate_of_commands(command, std::move(options));
  if (options.head.empty())
    throw std::invalid_argument(
        "gate takes BASE and HEAD, or --command-base and --command-head (interleave gate --help)");
  const std::array<ArmKind, 2> kinds{kind_of_arm(options.base), kind_of_arm(options.head)};
  const auto results = std::count(kinds.begin(), kinds.end(), ArmKind::results);
  if (results == 2) {
    refuse(command,
           {"--models", "--workloads", "--in-flight", "--set", "--profile", "--rounds", "--confirm", "--seed",
            "--inject", "--only", "--dry-run", "--json", "--markdown", "--junit", "--github"},
           "two runs are there already: interleave compare BASE NEW --format text|json|markdown|junit|github");
    return compare_runs(options.base, options.head, share_of("--fail-over", options.fail_over), "text");
  }
  if (results == 1)
    throw std::invalid_argument(
        "one of the two is a run and the other is not: give two runs, or two builds or revisions");
  options.request.seed = options.seed.value_or(std::random_device{}());
  GateSetting setting;
  inject(setting, options.inject);  // a mistake is told before anything is built
  count_with(setting, options.only);
  if (setting.inject > 0 && options.only == "counts")
    throw std::invalid_argument("--inject 5% shows in times, and --only counts measures none: leave one of them out");
  const Interrupt interrupt;
  std::optional<RunLock> lock;  // before what may be a build, which would disturb who measures
  if (!options.dry_run) lock.emplace();
  const std::array<Arm, 2> arms = arms_of(options, kinds, interrupt);
  GatePlan plan = plan_gate(options.request, models_of(arms), machine_limits());
  if (options.dry_run) return say_plan(plan, options.rules);
  say(fmt::format("{} cells, seed {}\n", plan.cells.size(), options.request.seed));
  const bool identical = are_identical(plan, arms);
  setting.names = {arms[0].name, arms[1].name};
  setting.arms = arms;
  return measure(options, setting, identical,
                 [&](const GateSetting& whole) { return run_gate(std::move(plan), whole, interrupt); });
}

void add_choices(CLI::App& command, GateOptions& options) {
  RunRequest& request = options.request;
  request.profile = "gate";
  command.add_option("--profile", request.profile, "Whose loads are measured; those of `gate` are short")
      ->capture_default_str();
  command
      .add_option("--models", request.models,
                  "Models, separated by commas; those that stand for their families if left out")
      ->delimiter(',');
  command.add_option("--workloads", request.workloads, "Workloads, separated by commas; the profile's if left out")
      ->delimiter(',');
  command.add_option("--in-flight", request.in_flight, "Items under way at once, instead of the profile's")
      ->delimiter(',');
  command.add_option("--set", request.settings, "key=value in every load that knows the key (repeatable)")
      ->allow_extra_args(false)
      ->take_all();
  command
      .add_option(
          "--rounds", options.rules.rounds,
          "Rounds of a cell that is not dropped after the first ten; each is two trials of base and two of head")
      ->check(CLI::Range(1U, 200U))
      ->capture_default_str();
  command.add_option("--confirm", options.rules.confirming_rounds, "Fresh rounds of a cell that is flagged")
      ->check(CLI::Range(1U, 200U))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "Seed of loads and orders (default: random, and said)")
      ->check(not_64_bits);
  command.add_option("--inject", options.inject,
                     "More work in every item of head, to show what the gate finds: 5% of its CPU, call or allocation");
  command
      .add_option("--only", options.only,
                  "counts: of system calls, allocations and instructions, which need no quiet machine; or times")
      ->check(CLI::IsMember({"counts", "times"}));
  command.add_option("--fail-over", options.fail_over, "Where both are runs: as in `interleave compare`")
      ->capture_default_str();
}

}  // namespace

void add_gate(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand(
      "gate", "Is head slower than base? Two revisions, build folders or runs, measured side by side");
  const auto options = std::make_shared<GateOptions>();
  command->add_option("base", options->base, "A git revision, a build folder, or the directory of a run");
  command->add_option("head", options->head, "The same, of what is in question");
  command->add_option("--baseline", options->baseline,
                      "Instead of BASE, a file of `interleave baseline update`: HEAD, or this build, is measured "
                      "alone; advisory but for "
                      "counts and changes of 2x");
  command->add_option("--command-base", options->command_base,
                      "Instead of BASE, a command of the shell: its wall time, CPU and peak memory");
  command->add_option("--command-head", options->command_head, "Instead of HEAD");
  add_choices(*command, *options);
  command->add_flag("--dry-run", options->dry_run, "Only say the cells and the minutes they take; measure nothing");
  command->add_flag("--allow-dirty", options->allow_dirty,
                    "Changes of the working tree are in no revision, and that is fine");
  command->add_flag("--any-flags", options->any_flags, "Base and head may be built with different flags");
  command->add_option("--json", options->json, "Write everything to this file, each round's log-ratios included");
  command->add_option("--markdown", options->markdown,
                      "Write a comment for a pull request, of 40 lines at most, to this file");
  command->add_option("--junit", options->junit, "Write JUnit's XML to this file");
  command->add_flag("--github", options->github, "GitHub's annotations behind the table");
  command->footer(kGateStatuses);
  command->callback([command, options, &status] { status = gate(*command, *options); });
}

}  // namespace interleave
