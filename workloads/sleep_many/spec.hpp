// sleep_many's description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <stdexcept>
#include <vector>

#include "harness/http/fate.hpp"
#include "harness/load/schedule.hpp"
#include "harness/load/workload.hpp"
#include "workloads/sleep_many/digest.hpp"

namespace interleave {

class SleepManySpec {
 public:
  static constexpr Setting kParameters[] = {
      {"least", "50ms", "the shortest nap; naps are stratified uniform draws from least to most"},
      {"most", "150ms", "the longest nap; least and most 0s: nothing waits, and CPU per item ranks"},
      {"grid", "0us",
       "naps end on multiples of it since the run's start, so that creating and waking can be told apart with very "
       "many "
       "sleepers; 0us: no grid"}};
  static constexpr Axis kAxes[] = {{"in_flight", "in flight", AxisOf::load}};
  static constexpr Series kSeries[] = {{.profile = "quick", .in_flight = {1000}, .said = "only wait"},
                                       {.profile = "standard", .in_flight = {1000, 10'000}, .items_per_lane = 2}};
  static constexpr Declared kAbout{.name = "sleep_many",
                                   .summary = "every item only waits",
                                   .waits = true,
                                   .parameters = kParameters,
                                   .axes = kAxes,
                                   .series = kSeries};

  explicit SleepManySpec(const Load& load)
      : in_flight_(load.in_flight), grid_(time_span(load.parameters, "grid", std::chrono::microseconds(0))) {
    using std::chrono::microseconds;
    const microseconds least = time_span(load.parameters, "least", microseconds(50'000));
    const microseconds most = time_span(load.parameters, "most", microseconds(150'000));
    if (least > most) throw std::invalid_argument("sleep_many: least exceeds most");
    Profile profile;
    profile.delay = {.kind = DelayKind::uniform, .low = least, .high = most};
    const Fates fates(profile, load.seed, load.items);
    naps_.reserve(load.items);
    for (std::uint32_t item = 0; item < load.items; ++item) {
      const nanoseconds drawn = fates.of(item).delay;
      naps_.push_back(on_grid() ? (drawn / grid_ + 1) * grid_ : drawn);
    }
  }

  ItemInput input(std::uint32_t item) const {
    return {.wait_ns = naps_[item].count(), .flags = on_grid() ? kFromRunStart : 0};
  }
  Expectation expected(std::uint32_t item) const {
    const std::int64_t nap = naps_[item].count();
    return {.digest = nap_digest(item, Outcome::ok),
            .least_ns = on_grid() ? 0 : nap,
            .not_before_ns = on_grid() ? nap : 0,
            .outcome = Outcome::ok};
  }
  nanoseconds ideal() const {
    // On a grid, items are due at fixed times of the run, whenever they were admitted.
    if (on_grid()) return *std::max_element(naps_.begin(), naps_.end());
    return list_schedule(static_cast<std::uint32_t>(naps_.size()), in_flight_,
                         [&](std::uint32_t item) { return naps_[item]; });
  }
  std::uint64_t fingerprint() const { return 0; }

 private:
  bool on_grid() const { return grid_.count() != 0; }

  std::uint32_t in_flight_;
  nanoseconds grid_;
  std::vector<nanoseconds> naps_;  // of each item: from its start, or with a grid from the start of the run
};

}  // namespace interleave
