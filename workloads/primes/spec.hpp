// primes' description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/load/workload.hpp"
#include "harness/numbers/mix.hpp"
#include "workloads/primes/numbers.hpp"

namespace interleave {

class PrimesSpec {
 public:
  static constexpr Setting kParameters[] = {
      {"digits", "12", "of the largest number, 4 to 16; two more make a test ten times longer"}};
  static constexpr Axis kAxes[] = {{"digits", "digits"}, {"cores", "cores", AxisOf::load}};
  static constexpr Series kSeries[] = {
      {.profile = "classics", .least_items = 20, .cores = 1, .parameters = {{"digits", "16"}}},
      {.profile = "classics", .least_items = 20, .cores = kAllCores, .parameters = {{"digits", "16"}}},
      {.profile = "classics", .least_items = 2000, .cores = kAllCores, .parameters = {{"digits", "12"}}},
  };
  static constexpr Declared kAbout{.name = "primes",
                                   .summary = "a number is tested by trial division: items are very uneven",
                                   .computes = true,
                                   .ideal = IdealKind::calibrated,
                                   .ranks = Ranks::makespan,
                                   .lanes = Lanes::cores,
                                   .parameters = kParameters,
                                   .axes = kAxes,
                                   .series = kSeries};

  explicit PrimesSpec(const Load& load) : places_(std::min({load.cores, load.in_flight, load.items})) {
    std::uint64_t scale = 1;
    for (std::uint64_t digits = whole_number(load.parameters, "digits", 12, {4, 16}); digits < 16; ++digits)
      scale *= 10;
    numbers_.reserve(load.items);
    for (std::uint32_t item = 0; item < load.items; ++item) {
      numbers_.push_back(known_number(load.seed, item, scale));
    }
  }

  ItemInput input(std::uint32_t item) const { return {.work = numbers_[item].number}; }
  Expectation expected(std::uint32_t item) const { return {.digest = mix64(item, numbers_[item].least_factor)}; }

  // What no schedule can beat: the longest test, and all of them spread evenly over the lanes or the cores, whichever
  // are fewer; at the speed of one undisturbed core of this machine.
  nanoseconds ideal() const {
    std::uint64_t longest = 0, sum = 0;
    for (const KnownNumber& known : numbers_) {
      const std::uint64_t last = std::min(known.least_factor, whole_root(known.number));
      longest = std::max(longest, last / 2);
      sum += last / 2;
    }
    const double steps = std::max(static_cast<double>(longest), static_cast<double>(sum) / places_);
    return nanoseconds(std::llround(steps * time_of_one_division().count()));
  }
  std::uint64_t fingerprint() const { return 0; }

 private:
  std::uint32_t places_;
  std::vector<KnownNumber> numbers_;
};

}  // namespace interleave
