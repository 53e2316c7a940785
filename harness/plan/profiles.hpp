// The sizes of a run: quick, standard, rigorous, and the grids of loads behind them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/http/profile.hpp"
#include "harness/plan/plan.hpp"

namespace interleave {

inline constexpr std::uint32_t kAllCores = 0;  // as many as a model can have

// One line of the grid: a workload along the in_flight axis.
struct Series {
  std::string workload;
  Profile profile;  // of the server; unused where the workload does not connect
  std::vector<std::uint32_t> in_flight;
  std::uint32_t items_per_lane = 1;  // items = max(least_items, items_per_lane * in_flight)
  std::uint32_t least_items = 1;
  std::uint32_t cores = 1;
  std::map<std::string, std::string> parameters;
  std::map<std::string, std::string> policies;
  std::chrono::microseconds timeout{10'000'000};
};

struct RunProfile {
  std::string name;
  std::string summary;
  std::uint32_t rounds;
  std::chrono::milliseconds
      patience;  // a cell whose trial takes longer, beyond three times its ideal, is not run again
  std::vector<Series> grid;
};

// Rounds below this cannot crown a winner, only say who is leading.
inline constexpr std::uint32_t kRoundsToWin = 15;

std::vector<std::string_view> run_profile_names();
RunProfile run_profile_named(const std::string& name);  // throws std::invalid_argument naming the known ones

}  // namespace interleave
