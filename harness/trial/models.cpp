// Discovery of the models.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/models.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/trial/child.hpp"
#include "harness/trial/interrupt.hpp"

namespace interleave {

FoundModels find_models(const std::vector<std::filesystem::path>& directories) {
  FoundModels found;
  std::map<std::string, PlannedModel> by_name;
  for (const std::filesystem::path& directory : directories) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
      if (!entry.is_regular_file(ignored) || ::access(entry.path().c_str(), X_OK) != 0) continue;
      try {
        PlannedModel model = nlohmann::json::parse(output_of(entry.path(), {"--describe"}, std::chrono::seconds(20)))
                                 .get<PlannedModel>();
        model.executable = std::filesystem::absolute(entry.path()).string();
        by_name[model.name] = std::move(model);
      } catch (const Interrupted&) {
        throw;
      } catch (const std::exception& error) {
        found.failures.push_back(fmt::format("{} is left out: {}", entry.path().filename().string(), error.what()));
      }
    }
  }
  for (auto& [name, model] : by_name) found.models.push_back(std::move(model));
  return found;
}

std::vector<PlannedModel> choose_models(const FoundModels& found, const std::vector<std::string>& names) {
  if (names.empty()) return found.models;
  std::vector<PlannedModel> chosen;
  for (const std::string& name : names) {
    const auto is = [&](const PlannedModel& model) { return model.name == name; };
    const auto at = std::find_if(found.models.begin(), found.models.end(), is);
    if (at == found.models.end()) {
      std::string known;
      for (const PlannedModel& model : found.models) known += (known.empty() ? "" : ", ") + model.name;
      throw std::invalid_argument(fmt::format("unknown model '{}'; known: {}", name, known));
    }
    if (std::none_of(chosen.begin(), chosen.end(), is)) chosen.push_back(*at);
  }
  return chosen;
}

}  // namespace interleave
