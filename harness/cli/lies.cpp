// The list that the build of the tests leaves beside the models that lie.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/lies.hpp"

#include <algorithm>
#include <fstream>

#include "harness/cli/set_up.hpp"
#include "harness/judge/reason.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/plan/make_plan.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/text/json_object.hpp"
#include "harness/trial/models.hpp"
#include "harness/trial/trial.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::uint32_t kMostCores = 1024;
constexpr std::uint32_t kMostInFlight = 1'000'000;

fs::path folder_of(const fs::path& build) { return build / "tests" / "lying"; }

LoadOfLies load_of_lies(const json& from, const std::string& what) {
  const JsonObject object(from, what);
  object.allow_only({"name", "about", "workload", "in_flight", "settings", "server_profile", "time_scale", "cores",
                     "least_cores", "honest", "lies"});
  LoadOfLies load{.name = object.text("name"),
                  .least_cores = static_cast<std::uint32_t>(object.whole("least_cores", {1, kMostCores}, 1)),
                  .asked = from,
                  .lies = {}};
  if (object.has("honest")) load.lies.push_back({object.text("honest"), {}});
  for (const auto& [model, checks] : object.at("lies").items()) {
    if (checks.empty()) object.refuse("names no check for " + model);
    load.lies.push_back({model, checks.get<std::vector<std::string>>()});
  }
  return load;
}

RunRequest request_of(const LoadOfLies& load, std::uint64_t seed) {
  const JsonObject asked(load.asked, load.name);
  RunRequest request;
  request.workloads = {asked.text("workload")};
  request.in_flight = {static_cast<std::uint32_t>(asked.whole("in_flight", {1, kMostInFlight}))};
  request.settings = asked.list("settings").get<std::vector<std::string>>();
  if (asked.has("server_profile")) request.server_profile = asked.text("server_profile");
  if (asked.has("cores")) request.cores = asked.text("cores");
  request.time_scale = asked.real("time_scale", 1.0);
  request.rounds = 1;
  request.seed = seed;
  return request;
}

}  // namespace

std::vector<LoadOfLies> lies_of(const fs::path& build) {
  const fs::path list = folder_of(build) / "lies.json";
  std::ifstream in(list);
  if (!in) return {};
  std::vector<LoadOfLies> loads;
  try {
    for (const json& each : json::parse(in)) loads.push_back(load_of_lies(each, list.string()));
  } catch (const json::exception& error) {
    throw std::invalid_argument(list.string() + ": " + error.what());
  }
  return loads;
}

std::vector<json> tried(const LoadOfLies& load, const fs::path& build, std::uint64_t seed, const Interrupt& interrupt) {
  std::vector<std::string> names;
  for (const Lie& lie : load.lies) names.push_back(lie.model);
  const Plan plan =
      make_plan(request_of(load, seed), choose_models(find_models({{folder_of(build), ""}}), names), machine_limits());
  const Scratch scratch;
  TrialRunner runner(plan, scratch.path(), allowed_cpus(), interrupt);
  std::vector<json> trials(load.lies.size(), json{{"verdict", "skipped"}, {"reasons", json::array()}});
  for (const PlannedTrial& trial : plan.order) trials.at(trial.model) = runner.run(trial);
  return trials;
}

bool is_caught(const Lie& lie, const json& trial) {
  const std::vector<Reason> reasons = trial.at("reasons").get<std::vector<Reason>>();
  const auto has = [&](const std::string& check) {
    return std::any_of(reasons.begin(), reasons.end(), [&](const Reason& reason) { return reason.check == check; });
  };
  if (trial.at("verdict") == "skipped") return false;
  if (!lie.checks.empty())
    return trial.at("verdict") == "void" && std::all_of(lie.checks.begin(), lie.checks.end(), has);
  return std::all_of(reasons.begin(), reasons.end(),
                     [](const Reason& reason) { return is_lost(reason.check) || reason.check == check::kDisturbed; });
}

}  // namespace interleave
