// executors' description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>

#include "harness/load/workload.hpp"
#include "harness/numbers/mix.hpp"
#include "workloads/compute/kernel.hpp"
#include "workloads/executors/read_limits.hpp"

namespace interleave {

// The trio: done by whoever asks, handed to threads, handed to processes.
constexpr Series delegated_to(std::string_view executor) {
  return {.profile = "classics",
          .in_flight = {1, 10},
          .least_items = 100,
          .cores = kAllCores,
          .parameters = {{"squares", "10000000"}},
          .policies = {{"offload", executor}}};
}

class ExecutorsSpec {
 public:
  static constexpr Setting kParameters[] = {
      {"squares", "100000", "squares added up by an item that computes, 1 to 10^12; the original has 10^7"},
      {"reads", "50", "percent of the items that read from /dev/urandom instead, 0 to 100"},
      {"read_bytes", "100", "that one of those reads, 16 to 256"}};
  static constexpr Axis kAxes[] = {
      {"in_flight", "in flight", AxisOf::load}, {"squares", "squares an item"}, {"reads", "% reads"}};
  static constexpr Series kSeries[] = {delegated_to("inline"), delegated_to("threads"), delegated_to("processes")};
  static constexpr Declared kAbout{.name = "executors",
                                   .summary = "a blocking read or a sum of squares, handed over as the policy says",
                                   .computes = true,
                                   .offloads = true,
                                   .ideal = IdealKind::calibrated,
                                   .ranks = Ranks::makespan,
                                   .needs = "needs the capability offload",
                                   .parameters = kParameters,
                                   .axes = kAxes,
                                   .series = kSeries};

  explicit ExecutorsSpec(const Load& load)
      : seed_(load.seed),
        items_(load.items),
        places_(std::min({load.cores, load.in_flight, load.items})),
        squares_(whole_number(load.parameters, "squares", 100'000, {1, 1'000'000'000'000})),
        reads_(whole_number(load.parameters, "reads", 50, {0, 100})),
        bytes_(whole_number(load.parameters, "read_bytes", 100, {kLeastRead, kMostRead})) {}

  // An argument of 0 is a read; sums begin at another number.
  ItemInput input(std::uint32_t item) const {
    if (is_read(item)) return {.work = bytes_};
    return {.work = squares_, .argument = static_cast<std::uint32_t>(mix64(seed_, item)) | 1};
  }
  // What is read is random: what counts of it is how much it was.
  Expectation expected(std::uint32_t item) const {
    const std::uint64_t sum = sum_of_squares_by_formula(input(item).argument, squares_);
    return {.digest = mix64(item, is_read(item) ? bytes_ : sum)};
  }
  // All sums spread evenly over the cores or the lanes, whichever are fewer, and one of them at least; reads take no
  // time.
  nanoseconds ideal() const {
    const std::uint64_t sums = items_ - reads_below(items_);
    const double rounds = sums == 0 ? 0 : std::max(1.0, static_cast<double>(sums) / places_);
    return nanoseconds(std::llround(rounds * static_cast<double>(squares_) * time_of_one_square().count()));
  }
  std::uint64_t fingerprint() const { return 0; }

 private:
  // Spread evenly among the items, and as many for every seed.
  std::uint64_t reads_below(std::uint32_t item) const { return item * reads_ / 100; }
  bool is_read(std::uint32_t item) const { return reads_below(item + 1) != reads_below(item); }

  std::uint64_t seed_;
  std::uint32_t items_, places_;
  std::uint64_t squares_, reads_, bytes_;
};

}  // namespace interleave
