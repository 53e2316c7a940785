// Where a run's files are, before its first trial.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/begun_run.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "harness/cli/set_up.hpp"
#include "harness/limits/limits.hpp"
#include "harness/machine/commit.hpp"
#include "harness/machine/facts.hpp"
#include "harness/machine/same_machine.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/posix/files.hpp"
#include "harness/trial/workload_programs.hpp"
#include "harness/verdict/verdict.hpp"

namespace interleave {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

// results/<UTC>-<commit>-<host>, and -2, -3 ... where runs come in one second. Made, so that nobody else has it.
fs::path directory_by_time() {
  char host[128] = "localhost";
  ::gethostname(host, sizeof host - 1);
  const fs::path first =
      fs::path("results") /
      fmt::format("{}-{}-{}", fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::time(nullptr))), kCommit, host);
  fs::create_directories(first.parent_path());
  fs::path dir = first;
  for (int number = 2; !fs::create_directory(dir); ++number) dir = fmt::format("{}-{}", first.string(), number);
  return dir;
}

fs::path directory_asked_for(const fs::path& dir) {
  if (fs::exists(dir) && (!fs::is_directory(dir) || !fs::is_empty(dir))) {
    throw std::invalid_argument(
        fmt::format("{} exists and is not an empty directory: choose another --out, or --resume it", dir.string()));
  }
  fs::create_directories(dir);
  return dir;
}

fs::path new_directory(const std::string& asked) try {
  return asked.empty() ? directory_by_time() : directory_asked_for(asked);
} catch (const fs::filesystem_error& error) {
  throw std::invalid_argument(fmt::format("cannot make {}: {}", error.path1().string(), error.code().message()));
}

}  // namespace

BegunRun::BegunRun(const Plan& plan, const std::string& out, const std::string& resume, Reader read)
    : stored_(resume.empty() ? StoredTrials{} : read(resume, plan)), programs_(programs_of(plan)) {
  const json machine = machine_for(plan);
  fingerprints_ = fingerprints_of(programs_);
  if (!resume.empty()) require_same(resume, machine, fingerprints_);
  warn_of(machine);
  dir_ = resume.empty() ? begun_run(out, plan, machine, fingerprints_) : fs::path(resume);
}

fs::path begun_run(const std::string& asked, const Plan& plan, const json& machine, const json& programs) {
  const bool is_there = !asked.empty() && fs::exists(asked);
  const fs::path dir = new_directory(asked);
  const json environment{{"schema", 1}, {"machine", machine}, {"build", build_facts()}, {"programs", programs}};
  const auto text = [](const json& any) {  // a path need not be UTF-8
    return any.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
  };
  try {
    write_durably(dir / "environment.json", text(environment));
    write_durably(dir / "plan.json", text(plan));
  } catch (const std::system_error&) {
    std::error_code ignored;
    fs::remove(dir / "environment.json", ignored);
    if (!is_there) fs::remove(dir, ignored);
    throw;
  }
  return dir;
}

Plan resumed_plan(const fs::path& dir) {
  Plan plan;
  try {
    plan = read_plan(dir, kVersion).get<Plan>();
  } catch (const std::invalid_argument& error) {
    throw DamagedRun(fmt::format("{}/plan.json is damaged: {}: start a new run", dir.string(), error.what()));
  }
  for (const WorkloadAbout& about : plan.workloads) {
    if (!about.program.empty()) add_workload_program(about.program);
  }
  return plan;
}

void require_same(const fs::path& dir, const json& machine, const json& programs) {
  const json environment = read_environment(dir);
  const auto then = [&](const char* key) { return environment.value(key, json()); };
  if (then("programs") != programs) {
    throw DamagedRun(
        fmt::format("{}: the programs are not those the run was begun with: start a new run", dir.string()));
  }
  const std::vector<std::string> differences = differences_between(then("machine"), machine);
  if (differences.empty()) return;
  throw DamagedRun(
      fmt::format("{}: this is another machine than the run was begun on ({}): start a new run, or make it "
                  "the same",
                  dir.string(), fmt::join(differences, "; ")));
}

StoredTrials stored_trials(const fs::path& dir, const Plan& plan) {
  if (!plan.ladders.empty()) {
    throw DamagedRun(
        fmt::format("{} holds limits and no comparison: interleave limits --resume goes on with it", dir.string()));
  }
  StoredTrials stored = read_trials(dir);
  try {
    require_of_plan(plan, stored.trials);
  } catch (const std::invalid_argument& error) {
    throw DamagedRun(
        fmt::format("{}/trials.jsonl does not belong to plan.json: {}: start a new run", dir.string(), error.what()));
  }
  return stored;
}

StoredTrials stored_limits(const fs::path& dir, const Plan& plan) {
  StoredTrials stored = read_trials(dir);
  try {
    require_of_limits(plan, stored.trials);
  } catch (const std::invalid_argument& error) {
    throw DamagedRun(
        fmt::format("{}/trials.jsonl does not belong to plan.json: {}: start a new one", dir.string(), error.what()));
  }
  return stored;
}

}  // namespace interleave
