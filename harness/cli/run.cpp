// `interleave run`: plan, measure, say who wins.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <random>

#include "harness/cli/begun_run.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/layout.hpp"
#include "harness/cli/machine_costs.hpp"
#include "harness/cli/measuring.hpp"
#include "harness/cli/set_up.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/machine/programs.hpp"
#include "harness/machine/run_lock.hpp"
#include "harness/plan/make_plan.hpp"
#include "harness/plan/profiles.hpp"
#include "harness/plan/settings.hpp"
#include "harness/posix/shell_word.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/text/joined.hpp"
#include "harness/text/option_checks.hpp"
#include "harness/trial/interrupt.hpp"
#include "harness/trial/workload_programs.hpp"
#include "harness/verdict/planned_course.hpp"
#include "harness/verdict/table.hpp"
#include "harness/verdict/verdict.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

struct RunOptions {
  RunRequest request;
  std::optional<std::uint64_t> seed;
  std::string out, resume;
  std::vector<std::string> models_dir;
  std::vector<std::string> workloads_dir;
  bool as_json = false;
  bool dry_run = false;
  std::string within;
  bool allow_void = false;
  bool costs = false;
};

Plan new_plan(const RunOptions& options) {
  add_workloads_of({options.workloads_dir.begin(), options.workloads_dir.end()});
  RunRequest request = options.request;
  request.seed = options.seed.value_or(std::random_device{}());
  Plan plan = make_plan(
      request, models_asked_for(request.models, options.models_dir, run_profile_named(request.profile).bearers_only),
      machine_limits());
  stamp(plan);
  return plan;
}

int finish(const fs::path& dir, const Plan& plan, const Measured& measured, const RunOptions& options) {
  const json verdict = verdict_of(plan, measured.trials);
  const std::vector<std::string> unranked = asked_but_unranked(plan, verdict);
  const bool is_kept = kept(dir / "verdict.json", verdict_text(verdict));
  fmt::print("{}", options.as_json ? verdict_text(verdict) : table_of(verdict));
  std::fflush(stdout);
  if (const auto status = said_end(dir, measured, "run")) return *status;
  for (const std::string& line : unranked) say("interleave: " + line + "\n");
  const bool too_short = measured.time_is_over && !has_a_whole_round(plan, measured.trials);
  if (too_short) say("interleave: --within was over before any load had a round of all its models\n");
  if (!is_kept) return kUsage;
  const int status = status_of(measured.trials, unranked, options.allow_void);
  return status == kFine && too_short ? kInconclusive : status;
}

// What this sitting may take: as asked, or as is usual. A stored plan may be of no profile, as that of `advise` is.
std::optional<std::chrono::seconds> limit_of(const std::optional<std::chrono::seconds>& asked, const Plan& plan) {
  const std::vector<std::string_view> known = run_profile_names();
  if (asked || std::find(known.begin(), known.end(), plan.profile) == known.end()) return asked;
  const std::chrono::minutes usual = run_profile_named(plan.profile).within;
  return usual.count() > 0 ? std::optional<std::chrono::seconds>(usual) : std::nullopt;
}

double minutes_of(const Plan& plan, double share, const std::optional<std::chrono::seconds>& within) {
  const double minutes = static_cast<double>(expected_time(plan).count()) / 60 * share;
  return within ? std::min(minutes, static_cast<double>(within->count()) / 60) : minutes;
}

void say_what_comes(const Plan& plan, const fs::path& dir, std::size_t done,
                    const std::optional<std::chrono::seconds>& within) {
  const std::size_t all = plan.order.size(), left = all - done;
  const double minutes = minutes_of(plan, static_cast<double>(left) / static_cast<double>(all), within);
  say(fmt::format("{} of {} trials ({} models, {} loads, {} rounds, seed {}), {} {:.1f} min, into {}\n", left, all,
                  plan.models.size(), plan.points.size(), plan.rounds, plan.seed, plan.racing ? "at most" : "about",
                  minutes, dir.string()));
  if (allowed_cpus().size() == 1) say("warning: one core: server and models share it\n");
}

// What would be run: data for whoever reads it, so on stdout.
int say_plan(const Plan& plan, const std::optional<std::chrono::seconds>& within) {
  std::map<std::size_t, std::size_t> trials;
  for (const PlannedTrial& trial : plan.order) ++trials[trial.point];
  for (const auto& [point, count] : trials) fmt::print("{:6} trials: {}\n", count, plan.points[point].label);
  fmt::print("{} points, {} models, {} rounds: {} trials, {} {:.1f} min\n", trials.size(), plan.models.size(),
             plan.rounds, plan.order.size(), plan.racing ? "at most" : "about", minutes_of(plan, 1, within));
  return kFine;
}

int run(const RunOptions& options) {
  let_writes_fail();
  const std::optional<std::chrono::seconds> asked = time_within(options.within);
  if (options.dry_run) {
    const Plan plan = new_plan(options);
    return say_plan(plan, limit_of(asked, plan));
  }
  const Interrupt interrupt;  // until the verdict is written, not only while it is measured
  const bool resuming = !options.resume.empty();
  const Plan plan = resuming ? resumed_plan(options.resume) : new_plan(options);
  const std::optional<std::chrono::seconds> within = limit_of(asked, plan);
  BegunRun begun(plan, options.out, options.resume, stored_trials);
  if (options.costs) keep_machine_costs(begun.dir());
  StoredTrials stored = begun.take_stored();
  say_what_comes(plan, begun.dir(), stored.trials.size(), within);
  const Deadline deadline = within ? std::chrono::steady_clock::now() + *within : Deadline::max();
  PlannedCourse course(plan, within ? First::nearest : First::planned);
  const Measuring measuring{plan, course, expected_time(plan), "run"};
  return finish(begun.dir(), plan, measure(measuring, begun.dir(), std::move(stored), begun.watch(), deadline),
                options);
}

void add_choices(CLI::App& command, RunOptions& options) {
  RunRequest& request = options.request;
  command
      .add_option("--profile", request.profile,
                  "quick (6 rounds, about 3 minutes), standard (30 at most: each load until it is decided, or 30 "
                  "minutes are over), rigorous (60 at most), "
                  "classics (3: the literature's examples), gate (30: the short loads of interleave gate)")
      ->capture_default_str();
  command
      .add_option("--models", request.models,
                  "Models to compare, separated by commas: names, four (one that stands for each family, sequential "
                  "beside them), all. If "
                  "left out: four where the profile is quick or classics, else all")
      ->delimiter(',');
  command.add_option("--workloads", request.workloads, "Workloads to run, separated by commas; all if left out")
      ->delimiter(',');
  command.add_option("--in-flight", request.in_flight, "Items under way at once, instead of the profile's: 1,64,1024")
      ->delimiter(',');
  command
      .add_option("--set", request.settings,
                  "key=value in every load that knows the key (repeatable); keys: " + known_settings() +
                      "; delay=50ms..150ms is uniform, bytes=1024..4096 too")
      ->allow_extra_args(false)
      ->take_all();
  command
      .add_option("--rounds", request.rounds,
                  "Rounds, instead of the profile's; fewer than 15 (10 in a race) crown no winner")
      ->check(CLI::Range(1U, 100'000U));
  command
      .add_option("--seed", options.seed,
                  "Seed of the order and of every load (default: random, and kept in plan.json)")
      ->check(not_64_bits);
  command.add_option("--cores", request.cores, "Cores of each model: 1, all (but the server's) or a number");
  command.add_option("--server-profile", request.server_profile,
                     "What the server does to requests: " + joined(profile_names(), ", "));
  command.add_option("--time-scale", request.time_scale, "Multiplies every delay of --server-profile")
      ->check(not_finite)
      ->check(CLI::Range(1e-6, 1e3))
      ->capture_default_str();
}

}  // namespace

void add_run(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("run", "Run a comparison: plan, trials, table of winners");
  const auto options = std::make_shared<RunOptions>();
  add_choices(*command, *options);
  command->add_option("--out", options->out, "New directory of the run (default: results/<UTC>-<commit>-<host>)");
  command->add_option("--resume", options->resume, "Finish the plan of this directory; takes no other choice");
  command->add_option("--models-dir", options->models_dir, kModelsDirHelp)->allow_extra_args(false)->take_all();
  command->add_option("--workloads-dir", options->workloads_dir, kWorkloadsDirHelp)
      ->allow_extra_args(false)
      ->take_all();
  command->add_option("--within", options->within,
                      "Stop after this time, such as 10min (standard: 30min if left out); what is then open is "
                      "unresolved. Where the profile races, rounds go where a decision is nearest for their cost");
  command->add_flag("--dry-run", options->dry_run,
                    "Only say the points, the trials and the minutes they take; measure nothing");
  command->add_flag("--costs", options->costs,
                    "First measure what this machine charges for a call, a switch, a start (one second): a chart of "
                    "the report");
  command->add_flag("--json", options->as_json, "verdict.json on stdout instead of the table");
  command->add_flag("--allow-void", options->allow_void,
                    "Void trials do not make the exit status 1 (they are told all the same)");
  command->footer(
      std::string("Each trial is a fresh process that must prove its work; one that does not is void, shown and never\n"
                  "ranked. Ctrl-C keeps every finished trial.\n") +
      kExitStatuses);
  command->callback([command, options, &status] {
    if (command->count("--time-scale") > 0 && command->count("--server-profile") == 0) {
      throw std::invalid_argument("--time-scale multiplies the delays of --server-profile, which is missing");
    }
    if (command->count("--resume") > 0) {
      if (options->resume.empty()) throw std::invalid_argument("--resume takes the directory of a run");
      for (const CLI::Option* option : command->get_options()) {
        const std::string name = option->get_name();
        if (option->count() > 0 && name != "--resume" && name != "--within" && name != "--json" &&
            name != "--allow-void")
          throw std::invalid_argument("--resume takes the plan as it is: leave out " + name);
      }
    }
    status = run(*options);
  });
}

}  // namespace interleave
