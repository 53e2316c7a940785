// The profiles, and their grids as the workloads declare them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/profiles.hpp"

#include <stdexcept>

#include "harness/plan/workload_registry.hpp"
#include "harness/text/joined.hpp"

namespace interleave {
namespace {

Profile server_profile(const Series& series) {
  if (series.delay_high.count() == 0) return profile_named(series.server, series.time_scale);
  Profile profile;
  profile.name = "delay";
  profile.delay = {.kind = DelayKind::uniform, .low = series.delay_low, .high = series.delay_high};
  return profile;
}

Settings settings_of(const Few<std::pair<std::string_view, std::string_view>>& few) {
  Settings settings;
  for (const auto& [key, value] : few) settings.emplace(key, value);
  return settings;
}

GridLine line_of(const Workload& workload, const Series& series) {
  return {.workload = &workload,
          .profile = workload.about.connects ? server_profile(series) : Profile{},
          .in_flight = {series.in_flight.begin(), series.in_flight.end()},
          .items_per_lane = series.items_per_lane,
          .least_items = series.least_items,
          .cores = series.cores,
          .parameters = settings_of(series.parameters),
          .policies = settings_of(series.policies),
          .timeout = series.timeout,
          .said = std::string(series.said)};
}

}  // namespace

std::vector<std::string_view> run_profile_names() { return {"quick", "standard", "rigorous", "classics", "gate"}; }

RunProfile run_profile_named(const std::string& name) {
  using std::chrono::milliseconds;
  const RunProfile all[] = {
      {.name = "quick",
       .summary = "6 rounds, about three minutes: says who is leading",
       .rounds = 6,
       .patience = milliseconds(1500),
       .series = "quick",
       .bearers_only = true},
      {.name = "standard",
       .summary =
           "30 minutes and 30 rounds at most, each load until it is decided: says who wins, ties, or is unresolved",
       .rounds = 30,
       .patience = milliseconds(5000),
       .series = "standard",
       .racing = true,
       .within = std::chrono::minutes(30)},
      {.name = "rigorous",
       .summary = "60 rounds at most of the standard grid: smaller differences",
       .rounds = 60,
       .patience = milliseconds(10'000),
       .series = "standard",
       .racing = true},
      {.name = "classics",
       .summary =
           "3 rounds of the literature's examples, about 5 minutes for the four: shows their headlines, crowns nobody",
       .rounds = 3,
       .patience = milliseconds(5000),
       .series = "classics",
       .bearers_only = true},
      {.name = "gate",
       .summary = "30 rounds of the short loads by which `interleave gate` tells two builds apart",
       .rounds = 30,
       .patience = milliseconds(5000),
       .series = "gate",
       .bearers_only = true}};
  for (const RunProfile& profile : all) {
    if (profile.name == name) return profile;
  }
  throw std::invalid_argument("unknown profile '" + name + "'; known: " + joined(run_profile_names(), ", "));
}

std::vector<GridLine> grid_of(const RunProfile& profile) {
  std::vector<GridLine> grid;
  for (const Workload& workload : known_workloads()) {
    for (const Series& series : workload.series) {
      if (series.profile == profile.series) grid.push_back(line_of(workload, series));
    }
  }
  return grid;
}

}  // namespace interleave
