// `interleave list`: what there is to choose from.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/commands.hpp"
#include "harness/cli/layout.hpp"
#include "harness/http/profile.hpp"
#include "harness/plan/known_workloads.hpp"
#include "harness/plan/profiles.hpp"
#include "harness/trial/child.hpp"
#include "harness/trial/models.hpp"

namespace interleave {
namespace {

using nlohmann::json;

struct Options {
  std::string what;
  std::string models_dir;
  bool as_json = false;
};

json models(const Options& options) {
  const FoundModels found = find_models(model_directories(options.models_dir));
  json all = json::array();
  for (const PlannedModel& model : found.models) {
    json skips = json::object();
    for (const auto& [workload, why] : model.skips) skips[workload] = why;
    all.push_back({{"name", model.name}, {"style", model.style}, {"library", model.library}, {"back_end", model.back_end},
                   {"threads", model.threads}, {"capabilities", model.capabilities}, {"workloads", model.workloads}, {"policies", model.policies}, {"skips", skips}});
  }
  for (const std::string& failure : found.failures) fmt::print(stderr, "interleave: {}\n", failure);
  return all;
}

json workloads() {
  json all = json::array();
  for (const KnownWorkload& workload : known_workloads()) {
    json parameters = json::array();
    for (const auto& [name, otherwise, meaning] : workload.parameters) {
      parameters.push_back({{"name", name}, {"default", otherwise}, {"meaning", meaning}});
    }
    all.push_back({{"name", workload.name}, {"summary", workload.summary}, {"connects", workload.connects}, {"offloads", workload.offloads}, {"parameters", parameters}});
  }
  return all;
}

json profiles() {
  json all = json::array();
  for (const auto name : run_profile_names()) {
    const RunProfile profile = run_profile_named(std::string(name));
    all.push_back({{"name", name}, {"kind", "run"}, {"summary", profile.summary}, {"rounds", profile.rounds}});
  }
  for (const auto name : profile_names()) {
    all.push_back({{"name", name}, {"kind", "server"}, {"summary", "what the server does to each request (--server-profile)"},
                   {"profile", json::parse(to_json(profile_named(name)))}});
  }
  return all;
}

// The report knows its charts.
json charts() {
  try {
    return json::parse(output_of(own_program(), {"report", "--list-charts", "--json"}, std::chrono::seconds(60)));
  } catch (const std::exception& error) {
    fmt::print(stderr, "interleave: charts cannot be listed: {}\n", error.what());
    return json::array();
  }
}

void print(const std::string& what, const json& all) {
  fmt::print("{}\n", what);
  for (const json& each : all) {
    if (what == "models") {
      fmt::print("  {:<20} {:<10} {:<34} waits with {}; threads: {}\n", each.at("name").get<std::string>(), each.at("style").get<std::string>(),
                 each.at("library").get<std::string>(), each.at("back_end").get<std::string>(), each.at("threads").get<std::string>());
      for (const auto& [workload, why] : each.at("skips").items()) fmt::print("  {:<20} skips {}: {}\n", "", workload, why.get<std::string>());
      continue;
    }
    const std::string kind = each.contains("kind") ? each.at("kind").get<std::string>() + ": " : "";
    fmt::print("  {:<20} {}{}\n", each.at("name").get<std::string>(), kind, each.value("summary", each.value("about", "")));
    for (const json& parameter : each.value("parameters", json::array())) {
      fmt::print("  {:<20} --set {}={}: {}\n", "", parameter.at("name").get<std::string>(), parameter.at("default").get<std::string>(),
                 parameter.at("meaning").get<std::string>());
    }
  }
}

json listed(const std::string& what, const Options& options) {
  if (what == "models") return models(options);
  if (what == "workloads") return workloads();
  return what == "profiles" ? profiles() : charts();
}

void list(const Options& options) {
  const std::vector<std::string> all{"models", "workloads", "profiles", "charts"};
  json out = json::object();
  for (const std::string& what : options.what.empty() ? all : std::vector{options.what}) out[what] = listed(what, options);
  if (options.as_json) {
    fmt::print("{}\n", options.what.empty() ? out.dump(2) : out[options.what].dump(2));
    return;
  }
  for (const std::string& what : all) {
    if (out.contains(what)) print(what, out[what]);
  }
}

}  // namespace

void add_list(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("list", "What there is: models, workloads, profiles, charts");
  const auto options = std::make_shared<Options>();
  command->add_option("what", options->what, "models, workloads, profiles or charts; all of them if left out")
      ->check(CLI::IsMember({"models", "workloads", "profiles", "charts"}));
  command->add_flag("--json", options->as_json, "JSON on stdout");
  command->add_option("--models-dir", options->models_dir, "A directory with more models (worker executables)");
  command->callback([options, &status] {
    list(*options);
    status = kFine;
  });
}

}  // namespace interleave
