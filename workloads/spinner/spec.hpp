// spinner's description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "harness/load/workload.hpp"
#include "harness/numbers/mix.hpp"
#include "workloads/compute/kernel.hpp"
#include "workloads/sleep_many/digest.hpp"

namespace interleave {

// Thirty ticks while something slow goes on, ten times faster than life.
constexpr Series thirty_ticks(std::string_view slow, Few<std::uint32_t> in_flight, std::string_view offload = {}) {
  Series series{
      .profile = "classics", .in_flight = in_flight, .least_items = 31, .cores = 1, .parameters = {{"slow", slow}}};
  if (!offload.empty()) series.policies = {{"offload", offload}};
  return series;
}

class SpinnerSpec {
 public:
  static constexpr Setting kParameters[] = {
      {"period", "10ms", "from one tick to the next, 1ms to 10s; the original has 100ms"},
      {"slow", "computes", "what the slow function does: waits, computes"},
      {"lasts", "300ms", "how long it takes, 1ms to 300s; the original has 3s"},
      {"squares_per_us", "3000", "what counts as a microsecond of its computing, 1 to 10^6"}};
  static constexpr Axis kAxes[] = {{"in_flight", "in flight", AxisOf::load}};
  static constexpr Series kSeries[] = {thirty_ticks("waits", {1, 2}), thirty_ticks("computes", {2}, "inline"),
                                       thirty_ticks("computes", {2}, "threads"),
                                       thirty_ticks("computes", {2}, "processes")};
  static constexpr Declared kAbout{.name = "spinner",
                                   .summary = "ticks at fixed times, while one item beside them is slow",
                                   .waits = true,
                                   .computes = true,
                                   .offloads = true,
                                   .ideal = IdealKind::calibrated,
                                   .ranks = Ranks::makespan,
                                   .needs = "needs the capability offload",
                                   .parameters = kParameters,
                                   .axes = kAxes,
                                   .series = kSeries};

  explicit SpinnerSpec(const Load& load)
      : seed_(load.seed),
        ticks_(load.items - 1),
        period_(span(load, "period", 10, std::chrono::seconds(10))),
        lasts_(span(load, "lasts", 300, std::chrono::seconds(300))) {
    const std::uint64_t per_us = whole_number(load.parameters, "squares_per_us", 3000, {1, 1'000'000});
    const auto found = load.parameters.find("slow");
    const std::string slow = found == load.parameters.end() ? "computes" : found->second;
    if (slow == "computes") squares_ = static_cast<std::uint64_t>(lasts_.count()) / 1000 * per_us;
    else if (slow != "waits") throw std::invalid_argument("slow=" + slow + ": known are waits, computes");
  }

  // Item 0 is the slow function; all others are ticks, each due at its time of the run.
  ItemInput input(std::uint32_t item) const {
    if (item != 0) return {.wait_ns = due(item).count(), .flags = kFromRunStart};
    if (squares_ == 0) return {.wait_ns = lasts_.count()};
    return {.work = squares_, .argument = static_cast<std::uint32_t>(mix64(seed_, item))};
  }
  Expectation expected(std::uint32_t item) const {
    if (item != 0) return {.digest = nap_digest(item, Outcome::ok), .not_before_ns = due(item).count()};
    if (squares_ == 0) return {.digest = nap_digest(item, Outcome::ok), .least_ns = lasts_.count()};
    return {.digest = mix64(item, sum_of_squares_by_formula(input(item).argument, squares_))};
  }
  // The last tick, or the slow function where that takes longer; computing at the speed of one undisturbed core.
  nanoseconds ideal() const {
    const nanoseconds computing(
        squares_ == 0 ? 0 : std::llround(time_of_one_square().count() * static_cast<double>(squares_)));
    return std::max(due(ticks_), squares_ == 0 ? lasts_ : computing);
  }
  std::uint64_t fingerprint() const { return 0; }

 private:
  static nanoseconds span(const Load& load, const std::string& key, int otherwise_ms, std::chrono::seconds most) {
    const auto time = time_span(load.parameters, key, std::chrono::milliseconds(otherwise_ms));
    if (time >= std::chrono::milliseconds(1) && time <= most) return time;
    throw std::invalid_argument(key + " is from 1ms to " + std::to_string(most.count()) + "s");
  }
  nanoseconds due(std::uint32_t tick) const { return period_ * tick; }

  std::uint64_t seed_;
  std::uint32_t ticks_;
  nanoseconds period_, lasts_;
  std::uint64_t squares_ = 0;  // 0: the slow function waits
};

}  // namespace interleave
