// Builds, injections, counting tools.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate_setting.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "harness/cli/compare.hpp"
#include "harness/cli/layout.hpp"
#include "harness/cli/set_up.hpp"
#include "harness/gate/baseline_run.hpp"
#include "harness/gate/revision.hpp"
#include "harness/machine/facts.hpp"
#include "harness/machine/run_lock.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/trial/child.hpp"

namespace interleave {
namespace {

namespace fs = std::filesystem;

Arm arm_alone(const Alone& alone, const Interrupt& interrupt) {
  if (alone.build.empty()) return built_arm("this build", own_program().parent_path().parent_path());
  const ArmKind kind = kind_of_arm(alone.build);
  if (kind == ArmKind::results)
    throw std::invalid_argument(alone.build + " is a run: give a build folder or a revision");
  if (kind == ArmKind::build) return built_arm(alone.build, alone.build);
  const Revisions revisions(fs::current_path());
  if (!alone.allow_dirty) revisions.require_clean();
  return revisions.built(alone.build, interrupt);
}

// What the arm's own program says: "interleave VERSION (COMMIT)".
std::pair<std::string, std::string> version_of(const Arm& arm) {
  const std::string said = output_of(arm.program, {"--version"}, std::chrono::seconds(20));
  const std::size_t blank = said.find(' '), open = said.find(" ("), close = said.find(')');
  if (blank == std::string::npos || open == std::string::npos || close == std::string::npos || open < blank)
    throw std::invalid_argument(arm.program.string() + " does not say its version");
  return {said.substr(blank + 1, open - blank - 1), said.substr(open + 2, close - open - 2)};
}

}  // namespace

std::array<FoundModels, 2> models_of(const std::array<Arm, 2>& arms) {
  std::array<FoundModels, 2> found{find_models({{arms[0].models, ""}}), find_models({{arms[1].models, ""}})};
  for (std::size_t side = 0; side < 2; ++side) {
    for (const std::string& failure : found[side].failures) say("warning: " + failure + "\n");
    if (found[side].models.empty()) throw std::invalid_argument(arms[side].models.string() + " has no models");
  }
  return found;
}

// "5%", or one more of what is named.
void inject(GateSetting& setting, const std::string& text) {
  if (text == "call") setting.inject_calls = 1;
  else if (text == "allocation") setting.inject_allocations = 1;
  else if (!text.empty()) setting.inject = share_of("--inject", text);
}

// What is counted with; a gate that is to count alone needs it, others say that they lack it.
void count_with(GateSetting& setting, const std::string& only) {
  setting.times = only != "counts";
  if (only == "times") {
    setting.uncounted = "--only times";
    return;
  }
  try {
    setting.counting = anatomy_tools(models_directory());
    if (setting.counting->valgrind.empty()) say("warning: no instructions are counted: valgrind is not installed\n");
  } catch (const std::runtime_error& error) {
    if (only == "counts") throw;
    setting.uncounted = error.what();
  }
}

void complete(GateSetting& setting) {
  setting.controls = models_directory() / "gate" / "control_kernels";
  setting.tell = [](const std::string& line) { say_without_waiting(line + "\n"); };
  if (!fs::exists(setting.controls))
    throw std::runtime_error(setting.controls.string() + " is missing: build or install everything");
}

void refuse(const CLI::App& command, std::initializer_list<const char*> names, const char* why) {
  for (const char* name : names) {
    if (command.count(name) > 0) throw std::invalid_argument(fmt::format("{}: {}", name, why));
  }
}

std::optional<Baseline> measured_alone(GateSetting setting, const Alone& alone, const Interrupt& interrupt) {
  const RunLock lock;  // before what may be a build, which would disturb who measures
  setting.arms[0] = setting.arms[1] = arm_alone(alone, interrupt);
  RunRequest request;
  request.profile = alone.profile;
  request.seed = setting.seed = alone.seed;
  GatePlan plan = plan_gate(request, models_of(setting.arms), machine_limits());
  complete(setting);
  warn_of(machine_facts());
  Plan stamped;
  stamp(stamped);
  const auto [version, commit] = version_of(setting.arms[1]);
  try {
    Baseline baseline = measure_baseline(std::move(plan), setting, interrupt);
    baseline.version = version;
    baseline.commit = commit;
    baseline.created = stamped.created;
    baseline.profile = alone.profile;
    return baseline;
  } catch (const Interrupted&) {
    say("interleave: interrupted: nothing is said of a build that was not measured to the end\n");
    return std::nullopt;
  }
}

}  // namespace interleave
