// Choosing models, and looking at the machine.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/set_up.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/cli/layout.hpp"
#include "harness/machine/commit.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/machine/facts.hpp"
#include "harness/machine/findings.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/text/leading_number.hpp"
#include "harness/trial/models.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// What the user typed, for plan.json.
std::vector<std::string> own_command_line() {
  std::ifstream in("/proc/self/cmdline");
  std::vector<std::string> words;
  for (std::string word; std::getline(in, word, '\0');) words.push_back(word);
  return words;
}

void warn(const std::vector<Finding>& findings) {
  for (const auto& [level, what, cure] : findings) say(fmt::format("{}: {}: {}\n", level, what, cure));
}

void require_loopback(const Plan& plan, const json& machine) {
  const bool connects = std::any_of(plan.points.begin(), plan.points.end(), [](const Point& point) {
    return known_workload(point.load.workload).about.connects;
  });
  if (connects && machine.at("loopback").is_string())
    throw std::runtime_error(machine["loopback"].get<std::string>() + " (interleave doctor says what helps)");
}

// Of this build those that stand for their families, and all that were added to it.
std::vector<std::string> bearers_and_added(const FoundModels& found) {
  std::vector<std::string> names;
  for (const PlannedModel& model : found.models) {
    const bool own = fs::path(model.executable).parent_path() == models_directory();
    if (model.bears_family || !own) names.push_back(model.name);
  }
  return names;
}

}  // namespace

std::vector<PlannedModel> models_asked_for(const std::vector<std::string>& names,
                                           const std::vector<std::string>& models_dir, bool bearers_only) {
  const FoundModels found = find_models(model_directories(models_dir));
  for (const std::string& failure : found.failures) say("warning: " + failure + "\n");
  if (found.models.empty())
    throw std::invalid_argument("no models in " + models_directory().string() +
                                ": build them first (interleave doctor)");
  return choose_models(found, names.empty() && bearers_only ? bearers_and_added(found) : names);
}

MachineLimits machine_limits() {
  return {static_cast<std::uint32_t>(allowed_cpus().size()), descriptor_limit(), ephemeral_ports()};
}

void stamp(Plan& plan) {
  plan.version = kVersion;
  plan.commit = kCommit;
  plan.created = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  plan.command = own_command_line();
}

Programs programs_of(const Plan& plan) {
  Programs programs{{"interleave", own_program()}};
  for (const PlannedModel& model : plan.models) programs[model.name] = model.executable;
  return programs;
}

json machine_for(const Plan& plan) {
  json machine = machine_facts();
  require_loopback(plan, machine);
  return machine;
}

void warn_of(const json& machine) {
  warn(handicaps_of(machine));
  warn(disturbances_of(machine));
}

std::optional<std::chrono::seconds> time_within(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const std::optional<double> ns = nanoseconds_in(text, kUnitsOfPatience);
  if (!ns || *ns < 1e9 || *ns > 1e16)
    throw std::invalid_argument("--within takes a time such as 90s, 10min or 2h, not " + text);
  return std::chrono::seconds(std::llround(*ns / 1e9));
}

}  // namespace interleave
