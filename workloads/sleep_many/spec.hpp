// sleep_many's description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/http/fate.hpp"
#include "harness/load/schedule.hpp"
#include "harness/load/workload.hpp"
#include "workloads/sleep_many/digest.hpp"

namespace interleave {

// Count and gather: three waits one after another, and together; their seconds are hundredths here.
constexpr Series three_naps(std::string_view naps) {
  return {.profile = "classics", .in_flight = {1, 3}, .least_items = 3, .parameters = {{"naps", naps}}};
}

class SleepManySpec {
 public:
  static constexpr Setting kParameters[] = {
      {"least", "50ms", "the shortest nap; naps are stratified uniform draws from least to most"},
      {"most", "150ms", "the longest nap; least and most 0s: nothing waits, and CPU per item ranks"},
      {"grid", "0us",
       "naps end on multiples of it since the run's start, so that creating and waking can be told apart with very "
       "many "
       "sleepers; 0us: no grid"},
      {"naps", "", "naps instead of drawn ones, separated by commas and used in turns: 10ms,20ms,30ms"}};
  static constexpr Axis kAxes[] = {{"in_flight", "in flight", AxisOf::load}};
  static constexpr Series kSeries[] = {
      {.profile = "quick", .in_flight = {1000}, .said = "only wait"},
      {.profile = "standard", .in_flight = {1000, 10'000}, .items_per_lane = 2},
      three_naps("10ms"),
      three_naps("10ms,20ms,30ms"),
      // A million asleep at once: all wake two seconds after the start.
      {.profile = "classics", .in_flight = {1'000'000}, .parameters = {{"grid", "2s"}}}};
  static constexpr Declared kAbout{.name = "sleep_many",
                                   .summary = "every item only waits",
                                   .waits = true,
                                   .parameters = kParameters,
                                   .axes = kAxes,
                                   .series = kSeries};

  explicit SleepManySpec(const Load& load)
      : in_flight_(load.in_flight), grid_(time_span(load.parameters, "grid", std::chrono::microseconds(0))) {
    const auto given = load.parameters.find("naps");
    naps_ = given == load.parameters.end() ? drawn_naps(load) : naps_in_turns(load, given->second);
    if (!on_grid()) return;
    for (nanoseconds& nap : naps_) nap = (nap / grid_ + 1) * grid_;
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
  static std::vector<nanoseconds> drawn_naps(const Load& load) {
    using std::chrono::microseconds;
    const microseconds least = time_span(load.parameters, "least", microseconds(50'000));
    const microseconds most = time_span(load.parameters, "most", microseconds(150'000));
    if (least > most) throw std::invalid_argument("sleep_many: least exceeds most");
    Profile profile;
    profile.delay = {.kind = DelayKind::uniform, .low = least, .high = most};
    const Fates fates(profile, load.seed, load.items);
    std::vector<nanoseconds> naps;
    naps.reserve(load.items);
    for (std::uint32_t item = 0; item < load.items; ++item) naps.push_back(fates.of(item).delay);
    return naps;
  }
  static std::vector<nanoseconds> naps_in_turns(const Load& load, const std::string& text) {
    if (load.parameters.contains("least") || load.parameters.contains("most")) {
      throw std::invalid_argument("naps says how long they are: leave out least and most");
    }
    std::vector<nanoseconds> naps;
    for (std::size_t from = 0; from <= text.size() && naps.size() < load.items;) {
      const std::size_t comma = std::min(text.find(',', from), text.size());
      naps.emplace_back(time_span({{"naps", text.substr(from, comma - from)}}, "naps", {}));
      from = comma + 1;
    }
    const std::size_t turn = naps.size();
    for (std::size_t item = turn; item < load.items; ++item) naps.push_back(naps[item - turn]);
    return naps;
  }

  bool on_grid() const { return grid_.count() != 0; }

  std::uint32_t in_flight_;
  nanoseconds grid_;
  std::vector<nanoseconds> naps_;  // of each item: from its start, or with a grid from the start of the run
};

}  // namespace interleave
