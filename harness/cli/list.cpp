// `interleave list`: what there is to choose from.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/cli/layout.hpp"
#include "harness/cli/profile_summary.hpp"
#include "harness/http/profile.hpp"
#include "harness/load/offload_policy.hpp"
#include "harness/plan/profiles.hpp"
#include "harness/plan/settings.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/trial/child.hpp"
#include "harness/trial/models.hpp"
#include "harness/trial/workload_programs.hpp"

namespace interleave {
namespace {

using nlohmann::json;

struct ListOptions {
  std::string what;
  std::vector<std::string> models_dir;
  std::vector<std::string> workloads_dir;
  bool as_json = false;
};

json models(const ListOptions& options) {
  const FoundModels found = find_models(model_directories(options.models_dir));
  for (const std::string& failure : found.failures) fmt::print(stderr, "interleave: {}\n", failure);
  json all = found.models;
  for (json& each : all) each.erase("executable");
  return all;
}

json workloads() {
  json all = json::array();
  for (const Workload& workload : known_workloads()) all.push_back(workload.about);
  return all;
}

json profiles() {
  json all = json::array();
  for (const auto name : run_profile_names()) {
    const RunProfile profile = run_profile_named(std::string(name));
    all.push_back({{"name", name}, {"kind", "run"}, {"summary", profile.summary}, {"rounds", profile.rounds}});
  }
  for (const auto name : profile_names()) {
    const Profile profile = profile_named(name);
    all.push_back({{"name", name}, {"kind", "server"}, {"summary", summary_of(profile)}, {"profile", profile}});
  }
  return all;
}

// What --set takes beside the parameters that are listed with their workloads.
json settings() {
  json all = json::array();
  const auto add = [&](std::span<const Setting> some, const char* kind) {
    for (const auto& [name, otherwise, meaning] : some) {
      all.push_back({{"name", name}, {"kind", kind}, {"default", otherwise}, {"summary", meaning}});
    }
  };
  add(kLoadSettings, "every load");
  add(kRequestSettings, "loads that connect");
  add(kOffloadSettings, "policy of models that offload");
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

std::size_t widest(const json& all, const char* key) {
  std::size_t width = 0;
  for (const json& each : all) width = std::max(width, each.at(key).get<std::string>().size());
  return width;
}

void print_models(const json& all) {
  const std::size_t name = widest(all, "name"), style = widest(all, "style"), library = widest(all, "library");
  for (const json& each : all) {
    fmt::print("  {:<{}}  {:<{}}  {:<{}}  waits with {}; threads: {}\n", each.at("name").get<std::string>(), name,
               each.at("style").get<std::string>(), style, each.at("library").get<std::string>(), library,
               each.at("back_end").get<std::string>(), each.at("threads").get<std::string>());
    const auto policies = each.at("policies").get<std::vector<std::string>>();
    if (!policies.empty()) fmt::print("  {:<{}}  policies: {}\n", "", name, fmt::join(policies, ", "));
    for (const auto& [workload, why] : each.at("skips").items())
      fmt::print("  {:<{}}  skips {}: {}\n", "", name, workload, why.get<std::string>());
  }
}

void print_others(const json& all) {
  const std::size_t name = widest(all, "name");
  for (const json& each : all) {
    const std::string kind = each.contains("kind") ? each.at("kind").get<std::string>() + ": " : "";
    const std::string otherwise = each.value("default", "");
    fmt::print("  {:<{}}  {}{}{}\n", each.at("name").get<std::string>(), name, kind,
               each.value("summary", each.value("about", "")), otherwise.empty() ? "" : " (" + otherwise + ")");
    for (const json& parameter : each.value("parameters", json::array())) {
      fmt::print("  {:<{}}  --set {}={}: {}\n", "", name, parameter.at("name").get<std::string>(),
                 parameter.at("default").get<std::string>(), parameter.at("meaning").get<std::string>());
    }
  }
}

void print(const std::string& what, const json& all) {
  fmt::print("{}\n", what == "settings"   ? "settings (--set)"
                     : what == "profiles" ? "profiles (run: --profile, server: --server-profile)"
                                          : what);
  if (what == "models") print_models(all);
  else print_others(all);
}

const std::vector<std::string> kKinds{"models", "workloads", "settings", "profiles", "charts"};

json listed(const std::string& what, const ListOptions& options) {
  if (what == "models") return models(options);
  if (what == "workloads") return workloads();
  if (what == "settings") return settings();
  return what == "profiles" ? profiles() : charts();
}

void list(const ListOptions& options) {
  add_workloads_of({options.workloads_dir.begin(), options.workloads_dir.end()});
  json out = json::object();
  for (const std::string& what : options.what.empty() ? kKinds : std::vector{options.what})
    out[what] = listed(what, options);
  if (options.as_json) {
    fmt::print("{}\n", options.what.empty() ? out.dump(2) : out[options.what].dump(2));
    return;
  }
  for (const std::string& what : kKinds) {
    if (out.contains(what)) print(what, out[what]);
  }
}

}  // namespace

void add_list(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("list", "What there is: models, workloads, settings, profiles, charts");
  const auto options = std::make_shared<ListOptions>();
  command->add_option("what", options->what, "models, workloads, settings, profiles or charts; all of them if left out")
      ->check(CLI::IsMember(kKinds));
  command->add_flag("--json", options->as_json, "JSON on stdout");
  command->add_option("--models-dir", options->models_dir, kModelsDirHelp)->allow_extra_args(false)->take_all();
  command->add_option("--workloads-dir", options->workloads_dir, kWorkloadsDirHelp)
      ->allow_extra_args(false)
      ->take_all();
  command->callback([options, &status] {
    list(*options);
    status = kFine;
  });
}

}  // namespace interleave
