// sleep_many's load, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "harness/http/fate.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/text/parameters.hpp"
#include "harness/worker/schedule.hpp"
#include "harness/worker/workload.hpp"

namespace interleave {

struct SleepManyLoad : Load {
  explicit SleepManyLoad(const Load& load)
      : Load(load), grid(time_span(load.parameters, "grid", std::chrono::microseconds(0))), naps(naps_of(load, grid)) {}
  nanoseconds grid;
  std::vector<nanoseconds> naps;  // of each item: from its start, or with a grid from the start of the run

 private:
  // Drawn before the run: a permutation a nap would otherwise be charged to the model.
  static std::vector<nanoseconds> naps_of(const Load& load, nanoseconds grid) {
    using std::chrono::microseconds;
    const microseconds least = time_span(load.parameters, "least", microseconds(50'000));
    const microseconds most = time_span(load.parameters, "most", microseconds(150'000));
    if (least > most) throw std::invalid_argument("sleep_many: least exceeds most");
    Profile profile;
    profile.delay = {DelayKind::uniform, least, most, 0};
    const Fates fates(profile, load.seed, load.items);
    std::vector<nanoseconds> naps(load.items);
    for (std::uint32_t item = 0; item < load.items; ++item) {
      const nanoseconds drawn = fates.of(item).delay;
      naps[item] = grid.count() == 0 ? drawn : (drawn / grid + 1) * grid;
    }
    return naps;
  }
};

struct SleepManySpec {
  using PreparedLoad = SleepManyLoad;
  static constexpr std::string_view kName = "sleep_many";
  static constexpr std::string_view kNeeds = "";
  static constexpr std::array kParameters{
      Setting{"least", "50ms", "the shortest nap; naps are stratified uniform draws from least to most"},
      Setting{"most", "150ms", "the longest nap"},
      Setting{"grid", "0us",
              "naps end on multiples of it since the run's start, so that creating and waking can be told "
              "apart with very many sleepers; 0us: no grid"}};
  static constexpr bool kConnects = false;
  static constexpr bool kOffloads = false;

  // When the item may wake, CLOCK_MONOTONIC.
  static std::int64_t due_ns(const SleepManyLoad& load, std::uint32_t item, std::int64_t item_start_ns) {
    const std::int64_t from = load.grid.count() == 0 ? item_start_ns : load.tape->started_ns();
    return from + load.naps[item].count();
  }
  // A sleep that ended early is TRUNCATED, whatever the earliness.
  static ItemResult result(std::uint32_t item, std::int64_t due_ns) {
    const Outcome outcome = now_ns() < due_ns ? Outcome::truncated : Outcome::ok;
    return {item, 0, outcome, mix64(item, static_cast<std::uint64_t>(outcome)), 0, 0};
  }
  static Expected expected(const SleepManyLoad&, std::uint32_t item) {
    return {Outcome::ok, mix64(item, static_cast<std::uint64_t>(Outcome::ok))};
  }
  static nanoseconds ideal(const SleepManyLoad& load) {
    // On a grid, items are due at fixed times of the run, whenever they were admitted.
    if (load.grid.count() != 0) return *std::max_element(load.naps.begin(), load.naps.end());
    return list_schedule(load.items, load.in_flight, [&](std::uint32_t item) { return load.naps[item]; });
  }
  static std::uint64_t fingerprint(const SleepManyLoad&) { return 0; }
};

}  // namespace interleave
