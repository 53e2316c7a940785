// `interleave anatomy`: which system calls and allocations an item costs in each model.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/anatomy/item_cost.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/layout.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/machine/programs.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/results/run_directory.hpp"
#include "harness/text/joined.hpp"
#include "harness/trial/models.hpp"

namespace interleave {
namespace {

using nlohmann::json;

struct AnatomyOptions {
  std::vector<std::string> models;
  std::string workload;
  std::uint32_t items = 2000;
  std::uint32_t in_flight = 100;
  std::vector<std::string> settings;
  std::vector<std::string> models_dir;
  bool instructions = false, as_json = false;
  std::string into;
};

Load load_of(const AnatomyOptions& options) {
  const Workload& workload = known_workload(options.workload);
  Load load;
  load.workload = options.workload;
  load.items = options.items;
  load.in_flight = options.in_flight;
  load.profile = profile_named("local");
  for (const std::string& setting : options.settings) {
    const std::size_t equals = setting.find('=');
    const std::string key = setting.substr(0, equals);
    const bool known = std::any_of(workload.about.parameters.begin(), workload.about.parameters.end(),
                                   [&](const auto& each) { return each.name == key; });
    if (equals == std::string::npos || !known)
      throw std::invalid_argument(fmt::format("{} has no parameter '{}'", options.workload, key));
    load.parameters[key] = setting.substr(equals + 1);
  }
  if (load.in_flight > load.items / 2) {
    throw std::invalid_argument(
        fmt::format("--items {} must be at least twice --in-flight {}", load.items, load.in_flight));
  }
  workload.ideal(load);  // throws where a parameter is no good
  return load;
}

bool offers(const PlannedModel& model, const std::string& workload) {
  return std::find(model.workloads.begin(), model.workloads.end(), workload) != model.workloads.end();
}

json line_of(const PlannedModel& model, const ItemCost& cost) {
  json line{{"model", model.name},
            {"skipped", cost.skipped},
            {"system_calls", cost.calls},
            {"allocations_per_item", cost.allocations},
            {"allocated_bytes_per_item", cost.allocated_bytes}};
  line["system_calls_per_item"] = cost.all_calls;
  line["started"] = cost.started;
  if (cost.instructions) line["instructions_per_item"] = *cost.instructions;
  return line;
}

void print(const json& line) {
  const auto name = line.at("model").get<std::string>();
  if (const auto why = line.at("skipped").get<std::string>(); !why.empty()) {
    fmt::print("{:<22} skipped: {}\n", name, why);
    return;
  }
  std::vector<std::pair<double, std::string>> calls;
  for (const auto& [call, count] : line.at("system_calls").items()) calls.emplace_back(count.get<double>(), call);
  std::sort(calls.rbegin(), calls.rend());
  const std::string which =
      joined(calls, ", ", [](const auto& each) { return fmt::format("{} {:.2f}", each.second, each.first); });
  const std::string instructions = line.contains("instructions_per_item")
                                       ? fmt::format(" {:>9.0f}", line["instructions_per_item"].get<double>())
                                       : "";
  fmt::print("{:<22} {:>8.2f} {:>8.2f} {:>9.0f}{}   {}\n", name, line.at("system_calls_per_item").get<double>(),
             line.at("allocations_per_item").get<double>(), line.at("allocated_bytes_per_item").get<double>(),
             instructions, which);
  std::fflush(stdout);
}

// What is counted must be what was measured.
void require_measured(const std::filesystem::path& dir, const std::vector<PlannedModel>& models) {
  const json environment = read_environment(dir);
  if (!environment.contains("programs"))
    throw std::invalid_argument(dir.string() + " is not the directory of a run: it has no environment.json");
  for (const PlannedModel& model : models) {
    const json then = environment["programs"].value(model.name, json());
    if (!then.is_null() && then != fingerprints_of({{model.name, model.executable}})[model.name])
      throw DamagedRun(fmt::format("{}: the program of {} is not the one that was measured", dir.string(), model.name));
  }
}

int anatomy(const AnatomyOptions& options) {
  const Load load = load_of(options);
  const std::vector<PlannedModel> models =
      choose_models(find_models(model_directories(options.models_dir)), options.models);
  if (!options.into.empty()) require_measured(options.into, models);
  AnatomyTools tools = anatomy_tools(models_directory());
  if (!options.instructions) tools.valgrind.clear();
  else if (tools.valgrind.empty())
    throw std::runtime_error("counting instructions needs valgrind: apt-get install valgrind");
  const Scratch scratch;
  const Interrupt interrupt;
  std::unique_ptr<ServerChild> server;
  if (known_workload(load.workload).about.connects)
    server = std::make_unique<ServerChild>(allowed_cpus(), scratch.path(), interrupt);
  const Anatomist anatomist(tools, scratch.path(), interrupt);
  json all = json::array();
  if (!options.as_json)
    fmt::print("{:<22} {:>8} {:>8} {:>9}{}   {}\n", load.workload + ", an item", "calls", "allocs", "bytes",
               options.instructions ? "    instr." : "", "which calls");
  for (const PlannedModel& model : models) {
    ItemCost cost;
    if (offers(model, load.workload)) cost = anatomist.cost_of(model, load, server.get());
    else cost.skipped = "does not offer " + load.workload;
    all.push_back(line_of(model, cost));
    if (!options.as_json) print(all.back());
  }
  const json counts{{"schema", 1}, {"load", load}, {"models", all}};
  if (!options.into.empty()) write_durably(std::filesystem::path(options.into) / "counts.json", counts.dump(1) + "\n");
  if (options.as_json) fmt::print("{}\n", counts.dump(2));
  return kFine;
}

}  // namespace

void add_anatomy(CLI::App& app, int& status) {
  const auto options = std::make_shared<AnatomyOptions>();
  CLI::App* const command = app.add_subcommand(
      "anatomy", "System calls and heap allocations an item, by model (strace, a counting allocator)");
  command->add_option("--models", options->models, "Models, comma-separated (all)")->delimiter(',');
  options->workload = known_workloads().front().about.name;
  command->add_option("--workload", options->workload, "Workload")->capture_default_str();
  command
      ->add_option("--items", options->items,
                   "Items of the larger of the two traced runs, at least twice --in-flight; the smaller has one a lane")
      ->capture_default_str()
      ->check(CLI::Range(1U, 10'000'000U));
  command->add_option("--in-flight", options->in_flight, "Lanes")
      ->capture_default_str()
      ->check(CLI::Range(1U, 5'000'000U));
  command
      ->add_option("--set", options->settings,
                   "key=value: a parameter of the workload (the server answers at once: cpu_share is 0, or 100)")
      ->take_all();
  command->add_option("--models-dir", options->models_dir, kModelsDirHelp)->allow_extra_args(false)->take_all();
  command->add_flag("--instructions", options->instructions,
                    "Instructions of user mode as well (callgrind: some seconds a model)");
  command
      ->add_option("--into", options->into,
                   "Directory of a run of these models: counts.json is kept there, for interleave report")
      ->check(CLI::ExistingDirectory);
  command->add_flag("--json", options->as_json, "JSON on stdout");
  command->callback([options, &status] { status = anatomy(*options); });
}

}  // namespace interleave
