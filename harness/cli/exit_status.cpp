// Verdict to exit status.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/exit_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>

#include "harness/cli/commands.hpp"
#include "harness/trial/checks.hpp"

namespace interleave {
namespace {

using nlohmann::json;

void add_names(const std::string& text, std::set<std::string>& names) {
  std::istringstream in(text);
  for (std::string name; std::getline(in, name, ',');) names.insert(name);
}

// Its trials are valid, and it is in last place: that is a result.
bool was_measured(const json& cell) {
  const json& left_out = cell.at("left_out");
  return cell.at("status") == "valid" || (cell.at("status") == "too_slow" && cell.at("rounds_valid") > 0 &&
                                          std::none_of(left_out.begin(), left_out.end(),
                                                       [](const json& each) { return each.at("kind") == "too_slow"; }));
}

// Why not, from the first cell that says so; none if some cell was measured.
std::optional<std::string> why_unranked(const std::string& model, const json& verdict) {
  std::string why;
  for (const json& point : verdict.at("points")) {
    for (const json& cell : point.at("cells")) {
      if (cell.at("model") != model) continue;
      if (was_measured(cell)) return std::nullopt;
      if (why.empty()) why = cell.at("reason").get<std::string>();
    }
  }
  return why.empty() ? "no load here is one it can run" : why;
}

}  // namespace

// "--models a,b", "--models a b" and "--models=a,b", each as often as one likes.
std::set<std::string> models_named_in(const std::vector<std::string>& command) {
  std::set<std::string> names;
  bool takes = false;
  for (const std::string& word : command) {
    if (word.rfind("--models=", 0) == 0) add_names(word.substr(9), names);
    else if (takes && word.rfind('-', 0) != 0) add_names(word, names);
    takes = word == "--models" || (takes && word.rfind('-', 0) != 0);
  }
  return names;
}

std::vector<std::string> asked_but_unranked(const Plan& plan, const json& verdict) {
  std::vector<std::string> lines;
  const std::set<std::string> asked = models_named_in(plan.command);
  for (const PlannedModel& model : plan.models) {
    if (asked.count(model.name) == 0) continue;
    if (const auto why = why_unranked(model.name, verdict))
      lines.push_back(fmt::format("{} was asked for by name and has no valid result: {}", model.name, *why));
  }
  return lines;
}

bool has_a_whole_round(const Plan& plan, const std::vector<json>& trials) {
  std::set<std::pair<std::string, std::string>> done;
  for (const json& trial : trials) done.emplace(trial.at("point"), trial.at("model"));
  std::map<std::size_t, bool> whole;
  for (const PlannedTrial& trial : plan.order) {
    const bool is_done = done.count({plan.points[trial.point].id, plan.models[trial.model].name}) > 0;
    const auto [at, is_new] = whole.try_emplace(trial.point, true);
    at->second = at->second && is_done;
  }
  return std::any_of(whole.begin(), whole.end(), [](const auto& point) { return point.second; });
}

int status_of(const std::vector<json>& trials, const std::vector<std::string>& unranked, bool allow_void) {
  if (!allow_void && std::any_of(trials.begin(), trials.end(), is_fault)) return kVoidTrials;
  const bool measured =
      std::any_of(trials.begin(), trials.end(), [](const json& trial) { return trial.at("verdict") == "valid"; });
  return measured && unranked.empty() ? kFine : kInconclusive;
}

}  // namespace interleave
