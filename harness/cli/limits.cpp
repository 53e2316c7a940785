// `interleave limits`: how far each model goes on each ladder.
// SPDX-License-Identifier: Apache-2.0
#include "harness/limits/limits.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <system_error>

#include "harness/cli/begun_run.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/layout.hpp"
#include "harness/cli/measuring.hpp"
#include "harness/cli/set_up.hpp"
#include "harness/limits/limits_course.hpp"
#include "harness/limits/limits_plan.hpp"
#include "harness/limits/limits_table.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/text/option_checks.hpp"
#include "harness/trial/interrupt.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr double kTrialS = 0.4;  // with its start and its end, about

struct LimitsOptions {
  LimitsRequest request;
  std::vector<std::string> models, models_dir;
  std::optional<std::uint64_t> seed;
  std::string out, resume, within;
  bool as_json = false;
};

Plan new_plan(const LimitsOptions& options) {
  LimitsRequest request = options.request;
  request.seed = options.seed.value_or(std::random_device{}());
  Plan plan = plan_limits(request, models_asked_for(options.models, options.models_dir, true), machine_limits());
  stamp(plan);
  return plan;
}

// No search is at its end.
bool all_open(const json& limits) {
  for (const json& ladder : limits.at("ladders")) {
    for (const json& model : ladder.at("models")) {
      if (model.at("ended_by") != "open" && model.at("ended_by") != "skipped") return false;
    }
  }
  return true;
}

// Of those that were asked for by name, the ones for which no ladder tells a limit, nor will.
std::vector<std::string> without_any(const Plan& plan, const json& limits) {
  std::vector<std::string> lines;
  const std::set<std::string> asked = models_named_in(plan.command);
  for (std::size_t at = 0; at < plan.models.size(); ++at) {
    const auto has_none = [&](const json& ladder) {
      const json& model = ladder.at("models")[at];
      return model.at("limit").is_null() && model.at("ended_by") != "open";
    };
    const json& ladders = limits.at("ladders");
    if (asked.count(plan.models[at].name) > 0 && std::all_of(ladders.begin(), ladders.end(), has_none))
      lines.push_back(plan.models[at].name + " was asked for by name and keeps up with no rung of any ladder");
  }
  return lines;
}

int finish(const fs::path& dir, const Plan& plan, const Measured& measured, const LimitsOptions& options) {
  const json limits = limits_of(plan, measured.trials);
  const std::string text = limits.dump(1) + "\n";
  const bool is_kept = kept(dir / "limits.json", text);
  fmt::print("{}", options.as_json ? text : limits_table_of(limits));
  std::fflush(stdout);
  if (const auto status = said_end(dir, measured, "limits")) return *status;
  const std::vector<std::string> unranked = without_any(plan, limits);
  for (const std::string& line : unranked) say("interleave: " + line + "\n");
  const bool too_short = measured.time_is_over && all_open(limits);
  if (too_short) say("interleave: --within was over before any search was\n");
  if (!is_kept) return kUsage;
  const int status = status_of(measured.trials, unranked, false);
  return status == kFine && too_short ? kInconclusive : status;
}

int limits(const LimitsOptions& options) {
  let_writes_fail();
  const std::optional<std::chrono::seconds> within = time_within(options.within);
  const Interrupt interrupt;
  const bool resuming = !options.resume.empty();
  const Plan plan = resuming ? resumed_plan(options.resume) : new_plan(options);
  BegunRun begun(plan, options.out, options.resume, stored_limits);
  LimitsCourse course(plan);
  const std::chrono::seconds expected(static_cast<std::int64_t>(kTrialS * static_cast<double>(course.planned())) + 1);
  say(fmt::format("{} models on {} ladders, some {} trials, about {:.1f} min, into {}\n", plan.models.size(),
                  plan.ladders.size(), course.planned(), static_cast<double>(expected.count()) / 60,
                  begun.dir().string()));
  for (const std::string& line : plan.cut) say("warning: " + line + "\n");
  const Deadline deadline = within ? std::chrono::steady_clock::now() + *within : Deadline::max();
  const Measuring measuring{plan, course, expected, "limits"};
  return finish(begun.dir(), plan, measure(measuring, begun.dir(), begun.take_stored(), begun.watch(), deadline),
                options);
}

}  // namespace

void add_limits(CLI::App& app, int& status) {
  CLI::App* const command =
      app.add_subcommand("limits", "How far each model goes: in flight, rates, waits, CPU shares, tasks");
  const auto options = std::make_shared<LimitsOptions>();
  command
      ->add_option("--models", options->models,
                   "Models, separated by commas: names, four (the default: one that stands for each family), all")
      ->delimiter(',');
  command->add_option("--ladders", options->request.ladders, "Ladders to climb, separated by commas; all if left out")
      ->delimiter(',');
  command->add_option("--seed", options->seed, "Seed of every load (default: random, and kept in plan.json)")
      ->check(not_64_bits);
  command->add_option("--out", options->out, "New directory of the result (default: results/<UTC>-<commit>-<host>)");
  command->add_option("--resume", options->resume, "Finish the search in this directory; takes no other choice");
  command->add_option("--models-dir", options->models_dir, kModelsDirHelp)->allow_extra_args(false)->take_all();
  command->add_option("--within", options->within, "Stop after this time, such as 2min; --resume goes on");
  command->add_flag("--json", options->as_json, "limits.json on stdout instead of the table");
  command->footer(std::string("On each ladder a load gets harder, eight rungs to a decade. The limit is the last rung "
                              "that a model keeps up\n"
                              "with: two of its trials do, and of the next rung five do not, and one at most does.\n") +
                  kExitStatuses);
  command->callback([command, options, &status] {
    if (command->count("--resume") > 0) {
      if (options->resume.empty()) throw std::invalid_argument("--resume takes the directory of limits");
      for (const CLI::Option* option : command->get_options()) {
        const std::string name = option->get_name();
        if (option->count() > 0 && name != "--resume" && name != "--within" && name != "--json")
          throw std::invalid_argument("--resume takes the plan as it is: leave out " + name);
      }
    }
    status = limits(*options);
  });
}

}  // namespace interleave
