// The sizes of a run: quick, standard, rigorous, classics, gate, and the grids of loads behind them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/http/profile.hpp"
#include "harness/load/workload.hpp"

namespace interleave {

// One line of the grid: a Series of a workload with what a run's arguments may change in it.
struct GridLine {
  const Workload* workload = nullptr;
  Profile profile;                       // of the server; unused where the workload does not connect
  std::vector<std::uint32_t> in_flight;  // none: one lane a core
  std::uint32_t items_per_lane = 1;
  std::uint32_t least_items = 1;
  std::uint32_t cores = 1;
  Settings parameters;
  Settings policies;
  std::chrono::microseconds timeout{10'000'000};
  std::string said;  // as the series has it
};

struct RunProfile {
  std::string name;
  std::string summary;
  std::uint32_t rounds = 0;
  std::chrono::milliseconds patience{
      0};                          // a cell whose trial takes longer, beyond three times its ideal, is not run again
  std::string series;              // whose series of each workload make the grid
  bool racing = false;             // rounds are the most; see Plan::racing
  std::chrono::minutes within{0};  // what a sitting takes at most, if nothing else is asked for; 0: as long as it takes
  bool bearers_only = false;       // where no models are asked for: those that stand for their families, else all
};

// Rounds below this cannot crown a winner, only say who is leading.
inline constexpr std::uint32_t kRoundsToWin = 15;

std::vector<std::string_view> run_profile_names();
RunProfile run_profile_named(const std::string& name);  // throws std::invalid_argument naming the known ones

// Every known workload's series of that profile, workload by workload.
std::vector<GridLine> grid_of(const RunProfile& profile);

}  // namespace interleave
