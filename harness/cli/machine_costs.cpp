// `interleave doctor --costs`: what does this machine charge?
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/machine_costs.hpp"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/cli/commands.hpp"
#include "harness/machine/costs.hpp"
#include "harness/machine/facts.hpp"
#include "harness/machine/same_machine.hpp"
#include "harness/results/run_directory.hpp"
#include "harness/text/amounts.hpp"
#include "harness/text/joined.hpp"
#include "harness/trial/interrupt.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kOfEach{400}, kOfEachInARun{100};  // nine of them, with what they prepare

json measured_costs(const fs::path& folder, std::chrono::nanoseconds of_each) {
  const Interrupt interrupt;
  json costs = json::array();
  for (const CostProbe& probe : cost_probes(folder)) {
    interrupt.check();
    costs.push_back(json_of(probe, cost_of(probe, of_each)));
  }
  interrupt.check();
  return {{"schema", 1}, {"costs", costs}};
}

// Where results come to lie, as far as they have a place yet.
fs::path usual_folder() { return fs::is_directory("results") ? fs::path("results") : fs::path("."); }

void require_run_of_here(const fs::path& dir, const json& machine) {
  const json environment = read_environment(dir);
  if (!environment.contains("machine"))
    throw std::invalid_argument(dir.string() + " is not the directory of a run: it has no environment.json");
  const std::vector<std::string> differences = differences_between(environment["machine"], machine);
  if (!differences.empty())
    throw DamagedRun(
        fmt::format("{} is of another machine than this one ({})", dir.string(), joined(differences, "; ")));
}

void keep_costs(const fs::path& dir, const json& costs) {
  write_durably(dir / "machine_costs.json", costs.dump(1) + "\n");
}

void print_costs(const json& costs) {
  fmt::print("{:>8}  {:<32} {:<20} {}\n", "median", "of", "middle half", "batches");
  for (const json& cost : costs.at("costs")) {
    const auto said = cost.at("said").get<std::string>();
    if (cost.at("median_ns").is_null()) {
      fmt::print("{:>8}  {:<32} {}\n", "-", said, cost.at("why_not").get<std::string>());
      continue;
    }
    const auto text = [&](const char* key) { return duration_text(cost.at(key).get<double>()); };
    fmt::print("{:>8}  {:<32} {:<20} {} of {}\n", text("median_ns"), said, text("low_ns") + " - " + text("high_ns"),
               cost.at("batches").get<int>(), cost.at("operations").get<int>());
  }
}

}  // namespace

int tell_machine_costs(bool as_json, const std::optional<fs::path>& into) {
  const json machine = machine_facts();
  if (into) require_run_of_here(*into, machine);
  const json costs = measured_costs(into.value_or(usual_folder()), kOfEach);
  if (into) keep_costs(*into, costs);
  if (as_json) fmt::print("{}\n", costs.dump(2));
  else print_costs(costs);
  return kFine;
}

void keep_machine_costs(const fs::path& dir) { keep_costs(dir, measured_costs(dir, kOfEachInARun)); }

}  // namespace interleave
