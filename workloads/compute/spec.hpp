// compute's load, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include "harness/numbers/mix.hpp"
#include "harness/text/parameters.hpp"
#include "harness/worker/workload.hpp"
#include "workloads/compute/kernel.hpp"

namespace interleave {

struct ComputeLoad : Load {
  explicit ComputeLoad(const Load& load)
      : Load(load), grain(static_cast<std::uint64_t>(whole_number(load.parameters, "grain", 100'000))) {
    if (grain < 1 || grain > 1'000'000'000'000) throw std::invalid_argument("grain must be 1 to 10^12");
  }
  std::uint64_t grain;
};

struct ComputeSpec {
  using PreparedLoad = ComputeLoad;
  static constexpr std::string_view kName = "compute";
  static constexpr std::string_view kNeeds = "";
  static constexpr std::array kParameters{
      Setting{"grain", "100000", "squares added up by one item, 1 to 10^12; one takes some 0.3 to 1 ns"}};
  static constexpr bool kConnects = false;
  static constexpr bool kOffloads = false;

  static ItemResult result(std::uint32_t item, std::uint64_t sum) {
    return {item, 0, Outcome::ok, mix64(item, sum), 0, 0};
  }
  static ItemResult run(const ComputeLoad& load, std::uint32_t item) {
    return result(item, sum_of_squares(item, load.grain));
  }
  static Expected expected(const ComputeLoad& load, std::uint32_t item) {
    return {Outcome::ok, mix64(item, sum_of_squares_by_formula(item, load.grain))};
  }
  // All work at the speed of one undisturbed core of this machine, calibrated in the same process, spread evenly over
  // the lanes or the cores, whichever are fewer.
  static nanoseconds ideal(const ComputeLoad& load) {
    const std::uint32_t places = std::min({load.cores, load.in_flight, load.items});
    const std::uint64_t longest = (load.items + places - 1) / places;
    return nanoseconds(std::llround(static_cast<double>(longest * load.grain) * time_of_one_square().count()));
  }
  static std::uint64_t fingerprint(const ComputeLoad&) { return 0; }
};

}  // namespace interleave
