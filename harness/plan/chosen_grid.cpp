// Choosing lines of the grid.
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/chosen_grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "harness/plan/workload_registry.hpp"

namespace interleave {
namespace {

using std::chrono::microseconds;

// A workload that is asked for by name, and stands in no grid of this profile, is measured as the classic that it is.
void add_classics(std::vector<GridLine>& grid, const std::vector<std::string>& names) {
  RunProfile classics;
  classics.series = "classics";
  const std::vector<GridLine> chosen = grid;
  for (const GridLine& line : grid_of(classics)) {
    const auto is_its = [&](const GridLine& other) { return other.workload == line.workload; };
    const bool asked = std::find(names.begin(), names.end(), line.workload->about.name) != names.end();
    if (asked && std::none_of(chosen.begin(), chosen.end(), is_its)) grid.push_back(line);
  }
}

void set_server_profile(std::vector<GridLine>& grid, const RunRequest& request) {
  if (request.server_profile.empty()) return;
  const Profile profile = profile_named(request.server_profile, request.time_scale);
  bool any = false;
  for (GridLine& line : grid) {
    if (!line.workload->about.connects) continue;
    any = true;
    line.profile = profile;
    if (profile.delay.kind != DelayKind::none) {
      line.items_per_lane = 10;
      line.least_items = 1;
    }
    const auto hangs = [](const FaultShare& share) { return share.fault == Fault::hang; };
    const bool may_hang = std::any_of(profile.faults.begin(), profile.faults.end(), hangs);
    line.timeout = may_hang ? std::max(microseconds(1'000'000), 2 * profile.delay.high) : Load().timeout;
  }
  if (!any) throw std::invalid_argument("--server-profile: no chosen workload connects, so it would change nothing");
}

// A schedule of arrivals is made for the load that it stands at: where another one is asked for, its series would stand
// beside that as loads that nobody asked for, or could keep up with.
void leave_out_schedules(std::vector<GridLine>& grid, const RunRequest& request) {
  if (request.in_flight.empty() && request.settings.empty() && request.server_profile.empty()) return;
  std::erase_if(
      grid, [](const GridLine& line) { return line.workload->about.arrives && line.parameters.count("arrivals") > 0; });
}

// What was chosen by name and is not in the grid would be left out without a word.
void require_all_chosen(const std::vector<GridLine>& grid, const RunRequest& request) {
  for (const std::string& name : request.workloads) {
    if (std::any_of(grid.begin(), grid.end(), [&](const auto& line) { return line.workload->about.name == name; })) {
      continue;
    }
    std::string others;
    for (const Series& series : known_workload(name).series) {
      if (others.find(series.profile) == std::string::npos) others += " --profile " + std::string(series.profile);
    }
    throw std::invalid_argument(fmt::format("{} has no load in the profile {}; {}", name, request.profile,
                                            others.empty() ? "it has none in any" : "it has in:" + others));
  }
}

}  // namespace

std::vector<GridLine> chosen_grid(const RunRequest& request, const RunProfile& profile) {
  for (const std::string& name : request.workloads) known_workload(name);
  std::vector<GridLine> grid = grid_of(profile);
  const auto& names = request.workloads;
  std::erase_if(grid, [&](const GridLine& line) {
    return !names.empty() && std::find(names.begin(), names.end(), line.workload->about.name) == names.end();
  });
  add_classics(grid, names);
  leave_out_schedules(grid, request);
  require_all_chosen(grid, request);
  set_server_profile(grid, request);
  return grid;
}

}  // namespace interleave
