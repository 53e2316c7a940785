// Discovery of the models.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/models.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <utility>

#include "harness/text/joined.hpp"
#include "harness/trial/child.hpp"
#include "harness/trial/interrupt.hpp"

namespace interleave {

namespace {

namespace fs = std::filesystem;

class Finder {
 public:
  void ask_all_of(const ModelDirectory& directory) {
    std::error_code ignored;
    const fs::path whole = fs::weakly_canonical(directory.path, ignored);
    if (!asked_.insert({whole, directory.label}).second) return;
    for (const auto& entry : fs::directory_iterator(directory.path, ignored)) {
      if (entry.is_regular_file(ignored) && ::access(entry.path().c_str(), X_OK) == 0) ask(entry.path(), directory);
    }
  }

  FoundModels found() && {
    for (auto& [name, model] : by_name_) found_.models.push_back(std::move(model));
    return std::move(found_);
  }

 private:
  void ask(const fs::path& program, const ModelDirectory& directory) {
    PlannedModel model;
    try {
      model = nlohmann::json::parse(output_of(program, {"--describe"}, std::chrono::seconds(20))).get<PlannedModel>();
    } catch (const Interrupted&) {
      throw;
    } catch (const std::exception& error) {
      found_.failures.push_back(fmt::format("{} is left out: {}", program.filename().string(), error.what()));
      return;
    }
    if (!directory.label.empty()) {  // another build of a model stands for nothing but itself
      model.name = directory.label + "/" + model.name;
      model.bears_family = false;
    }
    model.executable = fs::absolute(program).string();
    const auto [known, is_new] = by_name_.try_emplace(model.name, model);
    if (is_new) return;
    throw std::invalid_argument(fmt::format(
        "two programs describe themselves as '{}': {} and {}; --models-dir other={} lists what is there as other/NAME",
        model.name, known->second.executable, model.executable, directory.path.string()));
  }

  std::set<std::pair<fs::path, std::string>> asked_;
  std::map<std::string, PlannedModel> by_name_;
  FoundModels found_;
};

// A program may have been renamed, but not its model.
std::string hint_for(const FoundModels& found, const std::string& name) {
  const auto is_file = [&](const PlannedModel& model) { return fs::path(model.executable).filename() == name; };
  const auto at = std::find_if(found.models.begin(), found.models.end(), is_file);
  if (at == found.models.end()) return " (names are those that the programs' --describe gives)";
  return fmt::format(" (the program {} describes itself as '{}': names come from --describe)", name, at->name);
}

}  // namespace

FoundModels find_models(const std::vector<ModelDirectory>& directories) {
  Finder finder;
  for (const ModelDirectory& directory : directories) finder.ask_all_of(directory);
  return std::move(finder).found();
}

std::vector<PlannedModel> choose_models(const FoundModels& found, const std::vector<std::string>& names) {
  if (names.empty()) return found.models;
  std::vector<PlannedModel> chosen;
  const auto choose = [&](const PlannedModel& model) {
    const auto same = [&](const PlannedModel& other) { return other.name == model.name; };
    if (std::none_of(chosen.begin(), chosen.end(), same)) chosen.push_back(model);
  };
  for (const std::string& name : names) {
    if (name == "four" || name == "all") {
      for (const PlannedModel& model : found.models) {
        if (name == "all" || model.bears_family) choose(model);
      }
      continue;
    }
    const auto is = [&](const PlannedModel& model) { return model.name == name; };
    const auto at = std::find_if(found.models.begin(), found.models.end(), is);
    if (at == found.models.end()) {
      const std::string known = joined(found.models, ", ", [](const PlannedModel& model) { return model.name; });
      throw std::invalid_argument(
          fmt::format("unknown model '{}'; known: four, all, {}{}", name, known, hint_for(found, name)));
    }
    choose(*at);
  }
  return chosen;
}

}  // namespace interleave
