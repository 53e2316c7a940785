// compute's description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>

#include "harness/load/workload.hpp"
#include "harness/numbers/mix.hpp"
#include "workloads/compute/kernel.hpp"

namespace interleave {

// The minimum effective task granularity of the literature: METG(95 %) and METG(50 %), on all cores.
constexpr Ladder smallest_task(std::string_view name, std::string_view said, double keeps_up) {
  return {.name = name,
          .said = said,
          .unit = "squares",
          .dial = Dial::parameter,
          .parameter = "grain",
          .easiest = 1'000'000,
          .hardest = 10,
          .keeps_up = keeps_up,
          .is_a_task = true,
          .load = {.cores = kAllCores}};
}

class ComputeSpec {
 public:
  static constexpr Setting kParameters[] = {
      {"grain", "100000", "squares added up by one item, 1 to 10^12; one takes some 0.3 to 1 ns"}};
  static constexpr Axis kAxes[] = {{"grain", "squares an item"}, {"cores", "cores", AxisOf::load}};
  // One lane a core: more lanes than cores only add to what is computed in turns.
  static constexpr Series kSeries[] = {
      {.profile = "quick", .least_items = 10'000, .cores = 1, .parameters = {{"grain", "5000"}}},
      {.profile = "quick",
       .least_items = 10'000,
       .cores = kAllCores,
       .parameters = {{"grain", "5000"}},
       .said = "compute small pieces"},
      {.profile = "quick", .least_items = 1000, .cores = 1, .parameters = {{"grain", "100000"}}},
      {.profile = "quick",
       .least_items = 1000,
       .cores = kAllCores,
       .parameters = {{"grain", "100000"}},
       .said = "compute large pieces"},
      {.profile = "standard", .least_items = 100000, .cores = 1, .parameters = {{"grain", "100"}}},
      {.profile = "standard", .least_items = 100000, .cores = kAllCores, .parameters = {{"grain", "100"}}},
      {.profile = "standard", .least_items = 50000, .cores = 1, .parameters = {{"grain", "1000"}}},
      {.profile = "standard", .least_items = 50000, .cores = kAllCores, .parameters = {{"grain", "1000"}}},
      {.profile = "standard", .least_items = 5000, .cores = 1, .parameters = {{"grain", "10000"}}},
      {.profile = "standard", .least_items = 5000, .cores = kAllCores, .parameters = {{"grain", "10000"}}},
      {.profile = "standard", .least_items = 500, .cores = 1, .parameters = {{"grain", "100000"}}},
      {.profile = "standard", .least_items = 500, .cores = kAllCores, .parameters = {{"grain", "100000"}}},
      {.profile = "gate", .least_items = 10'000, .cores = 1, .parameters = {{"grain", "10000"}}},
      {.profile = "classics", .least_items = 100, .cores = 1, .parameters = {{"grain", "10000000"}}},
      {.profile = "classics", .least_items = 100, .cores = kAllCores, .parameters = {{"grain", "10000000"}}},
  };
  static constexpr Ladder kLadders[] = {
      smallest_task("task_95", "smallest task at 95 % of the ideal", 0.95),
      smallest_task("task_50", "smallest task at 50 % of the ideal", 0.5),
  };
  static constexpr Declared kAbout{.name = "compute",
                                   .summary = "every item computes a sum of squares",
                                   .computes = true,
                                   .ideal = IdealKind::calibrated,
                                   .ranks = Ranks::makespan,
                                   .lanes = Lanes::cores,
                                   .parameters = kParameters,
                                   .axes = kAxes,
                                   .series = kSeries,
                                   .ladders = kLadders};

  explicit ComputeSpec(const Load& load)
      : seed_(load.seed),
        items_(load.items),
        places_(std::min({load.cores, load.in_flight, load.items})),
        grain_(whole_number(load.parameters, "grain", 100'000, {1, 1'000'000'000'000})) {}

  // The squares begin anywhere, so that no sum can be known before the run.
  ItemInput input(std::uint32_t item) const {
    return {.work = grain_, .argument = static_cast<std::uint32_t>(mix64(seed_, item))};
  }
  Expectation expected(std::uint32_t item) const {
    return {.digest = mix64(item, sum_of_squares_by_formula(input(item).argument, grain_))};
  }
  // All work at the speed of one undisturbed core of this machine, spread evenly over the lanes or the cores, whichever
  // are fewer.
  nanoseconds ideal() const {
    const std::uint64_t longest = (items_ + places_ - 1) / places_;
    return nanoseconds(std::llround(static_cast<double>(longest * grain_) * time_of_one_square().count()));
  }
  std::uint64_t fingerprint() const { return 0; }

 private:
  std::uint64_t seed_;
  std::uint32_t items_, places_;
  std::uint64_t grain_;
};

}  // namespace interleave
