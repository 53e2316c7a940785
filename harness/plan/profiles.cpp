// The grids. Loop models shall take 0.02 to 0.3 s a trial in quick, and mostly below half a second in standard.
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/profiles.hpp"

#include <algorithm>
#include <stdexcept>

namespace interleave {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

Profile delayed(milliseconds low, milliseconds high) {
  Profile profile;
  profile.name = "delay";
  profile.delay = {DelayKind::uniform, low, high, 0};
  return profile;
}

Series local(std::vector<std::uint32_t> in_flight, std::uint32_t least, std::uint32_t per_lane) {
  return {"download", Profile{}, std::move(in_flight), per_lane, least, 1, {}, {}, milliseconds(10'000)};
}

Series delay(milliseconds low, milliseconds high, std::vector<std::uint32_t> in_flight, std::uint32_t per_lane) {
  return {"download", delayed(low, high), std::move(in_flight), per_lane, 1, 1, {}, {}, milliseconds(10'000)};
}

// Delays of 50 to 500 ms times `scale`, and exactly 25 % errors, hangs among them. The limit is far above the longest
// delay, so that a scheduling hiccup does not turn a slow answer into a TIMEOUT.
Series error(double scale, milliseconds limit, std::uint32_t in_flight, std::uint32_t per_lane) {
  return {"download", profile_named("error", scale), {in_flight}, per_lane, 1, 1, {}, {}, limit};
}

Series sleepers(std::vector<std::uint32_t> in_flight, std::uint32_t per_lane) {
  return {"sleep_many", Profile{}, std::move(in_flight), per_lane, 1, 1, {}, {}, milliseconds(10'000)};
}

// One lane a core: more lanes than cores only add to what is computed in turns.
Series squares(std::uint32_t grain, std::uint32_t items, std::uint32_t cores) {
  return {"compute", Profile{}, {}, 1, items, cores, {{"grain", std::to_string(grain)}}, {}, milliseconds(10'000)};
}

// 10 ms of waiting on average, and CPU work on each reply to fill up the share. Where the work goes is a policy.
Series mixed(std::uint32_t percent, std::uint32_t in_flight, std::uint32_t items, const char* offload,
             std::uint32_t cores) {
  return {"download_compute",
          delayed(milliseconds(5), milliseconds(15)),
          {in_flight},
          1,
          items,
          cores,
          {{"cpu_share", std::to_string(percent)}},
          {{"offload", offload}},
          milliseconds(10'000)};
}

std::vector<Series> quick_grid() {
  return {local({1}, 500, 1),
          local({100}, 10'000, 20),
          delay(milliseconds(5), milliseconds(15), {100}, 10),
          delay(milliseconds(50), milliseconds(150), {1000}, 2),
          error(0.02, milliseconds(200), 100, 5),
          mixed(10, 50, 100, "inline", 1),
          sleepers({1000}, 1),
          squares(5000, 10'000, 1),
          squares(5000, 10'000, kAllCores),
          squares(100'000, 1000, 1),
          squares(100'000, 1000, kAllCores)};
}

std::vector<Series> standard_grid() {
  std::vector<Series> grid{local({1}, 1000, 1),
                           local({10, 100, 1000}, 20'000, 20),
                           delay(milliseconds(5), milliseconds(15), {10, 50}, 20),
                           delay(milliseconds(50), milliseconds(150), {100}, 4),
                           delay(milliseconds(50), milliseconds(150), {1000}, 10),
                           delay(milliseconds(250), milliseconds(750), {10'000}, 2),
                           error(0.02, milliseconds(200), 100, 10),
                           error(0.2, milliseconds(500), 1000, 3),
                           sleepers({1000, 10'000}, 2)};
  for (const std::uint32_t in_flight : {10U, 50U}) {
    grid.push_back(mixed(1, in_flight, 200, "inline", 1));
    for (const char* offload : {"inline", "threads"}) {
      grid.push_back(mixed(10, in_flight, 100, offload, 1));
      grid.push_back(mixed(50, in_flight, std::max(30U, in_flight), offload, 1));
    }
  }
  for (const std::uint32_t grain : {100U, 1000U, 10'000U, 100'000U}) {
    const std::uint32_t items = grain < 1000 ? 100'000 : 50'000'000 / grain;
    grid.push_back(squares(grain, items, 1));
    grid.push_back(squares(grain, items, kAllCores));
  }
  return grid;
}

}  // namespace

std::vector<std::string_view> run_profile_names() { return {"quick", "standard", "rigorous"}; }

RunProfile run_profile_named(const std::string& name) {
  if (name == "quick")
    return {name, "6 rounds, below three minutes: says who is leading", 6, std::chrono::milliseconds(1500),
            quick_grid()};
  if (name == "standard")
    return {name, "30 rounds, about 110 minutes on two cores: says who wins, ties, or is unresolved", 30,
            std::chrono::seconds(5), standard_grid()};
  if (name == "rigorous")
    return {name, "60 rounds of the standard grid: smaller differences", 60, std::chrono::seconds(10), standard_grid()};
  throw std::invalid_argument("unknown profile '" + name + "'; known: quick, standard, rigorous");
}

}  // namespace interleave
