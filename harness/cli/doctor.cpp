// `interleave doctor`: is this machine fit to measure on, and what would make it fitter?
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>

#include "harness/cli/commands.hpp"
#include "harness/cli/layout.hpp"
#include "harness/cli/machine_costs.hpp"
#include "harness/machine/facts.hpp"
#include "harness/machine/findings.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/text/joined.hpp"
#include "harness/trial/child.hpp"
#include "harness/trial/models.hpp"
#include "workloads/compute/kernel.hpp"

namespace interleave {
namespace {

using nlohmann::json;

Finding report_finding() {
  if (!std::filesystem::exists(report_script())) {
    return {"problem", "the report's script is missing: " + report_script().string(),
            "build or install everything: ./scripts/setup"};
  }
  try {
    output_of(own_program(), {"report", "--help"}, std::chrono::seconds(60));
    return {"fine", "a Python that can draw the report", ""};
  } catch (const std::exception&) {
    return {"problem", "no Python that can draw the report",
            "sudo apt-get install python3-matplotlib python3-jinja2, or set INTERLEAVE_PYTHON"};
  }
}

Finding scratch_finding() {
  try {
    Scratch().require_room();
    return {"fine", "room for a trial's files", ""};
  } catch (const std::system_error& error) {
    return {"problem", error.what(), "make room, or name another directory in TMPDIR"};
  }
}

Finding speed_finding() {
  const double per_us = 1000 / time_of_one_square().count();
  return {"fine",
          fmt::format("a core adds up {:.0f} squares a microsecond (--set squares_per_us={:.0f})", per_us, per_us), ""};
}

void add_models(const FoundModels& found, std::vector<Finding>& findings) {
  const std::string names = joined(found.models, ", ", [](const PlannedModel& model) { return model.name; });
  if (found.models.empty())
    findings.push_back(
        {"problem", "no models in " + models_directory().string(), "build them: ./scripts/setup and a build"});
  else findings.push_back({"fine", fmt::format("{} models: {}", found.models.size(), names), ""});
  for (const std::string& failure : found.failures)
    findings.push_back({"problem", failure, "./scripts/setup installs the libraries; then build again"});
}

int doctor(bool as_json) {
  const json facts = machine_facts();
  std::vector<Finding> findings = findings_of(facts);
  add_models(find_models(model_directories({})), findings);
  findings.push_back(scratch_finding());
  findings.push_back(report_finding());
  findings.push_back(speed_finding());
  if (as_json) {
    json list = json::array();
    for (const auto& [level, what, cure] : findings) list.push_back({{"level", level}, {"what", what}, {"cure", cure}});
    fmt::print("{}\n", json{{"schema", 1}, {"machine", facts}, {"build", build_facts()}, {"findings", list}}.dump(2));
  } else {
    const json& cpu = facts.at("cpu");
    fmt::print("{}, {} cores, {}\n", cpu.is_string() ? cpu.get<std::string>() : "unknown processor",
               facts.at("cores").get<int>(), facts.at("kernel").get<std::string>());
    for (const auto& [level, what, cure] : findings)
      fmt::print("{:>8}  {}{}\n", level, what, cure.empty() ? "" : "\n          cure: " + cure);
  }
  const bool sick =
      std::any_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.level == "problem"; });
  return sick ? kUsage : kFine;
}

}  // namespace

void add_doctor(CLI::App& app, int& status) {
  CLI::App* const command =
      app.add_subcommand("doctor", "Is this machine fit to measure on? Exit status 2 if something is missing");
  const auto as_json = std::make_shared<bool>(false);
  const auto costs = std::make_shared<bool>(false);
  const auto into = std::make_shared<std::string>();
  command->add_flag("--json", *as_json, "JSON on stdout: every fact and finding, or every cost");
  CLI::Option* const asked = command->add_flag(
      "--costs", *costs,
      "Instead of that: what this machine charges for a read, a system call, a switch, a start, a message, a write");
  command
      ->add_option("--into", *into,
                   "Directory of a run of this machine: machine_costs.json is kept there, for interleave report, and "
                   "its file system is the one that is written to")
      ->check(CLI::ExistingDirectory)
      ->needs(asked);
  command->callback([=, &status] {
    if (!*costs) status = doctor(*as_json);
    else if (into->empty()) status = tell_machine_costs(*as_json, std::nullopt);
    else status = tell_machine_costs(*as_json, *into);
  });
}

}  // namespace interleave
