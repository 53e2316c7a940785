// download_compute's description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "workloads/compute/kernel.hpp"
#include "workloads/download/spec.hpp"

namespace interleave {

// 10 ms of waiting on average, and CPU work on each reply to fill up the share. Where the work goes is a policy.
constexpr Series after_reply(std::string_view profile, std::uint32_t in_flight, std::uint32_t items,
                             std::string_view percent, std::string_view offload, std::string_view said = {}) {
  return {.profile = profile,
          .in_flight = {in_flight},
          .least_items = items,
          .parameters = {{"cpu_share", percent}},
          .policies = {{"offload", offload}},
          .delay_low = milliseconds(5),
          .delay_high = milliseconds(15),
          .said = said};
}

// Until a loop that computes answers nobody else, by more than 10 ms at the 99th percentile. Beyond 2 % so many keep a
// core computing, and efficiency is then how fast that core was just now, next to its best: half of it is asked for, or
// the limit would be one of the neighbours.
constexpr Ladder share_of_cpu(std::string_view name, std::string_view said, std::string_view offload) {
  return {.name = name,
          .said = said,
          .unit = "%",
          .dial = Dial::parameter,
          .parameter = "cpu_share",
          .easiest = 1,
          .hardest = 51,  // far beyond what a core holds of so many: more would only take longer
          .step = 5,
          .keeps_up = 0.5,
          .most_lag = milliseconds(10),
          .load = {.in_flight = {50},
                   .policies = {{"offload", offload}},
                   .delay_low = milliseconds(5),
                   .delay_high = milliseconds(15)}};
}

class DownloadComputeSpec {
 public:
  static constexpr Setting kParameters[] = {
      {"cpu_share", "10",
       "percent of the mean item's ideal time that is CPU work after its reply, 0 to 100; the profile's delays are the "
       "rest, so 100 needs one without delays, where it is 0 if it is not given"},
      {"work", "10ms", "CPU work an item with cpu_share=100, or where it is given without a share"},
      {"squares_per_us", "3000", "what counts as a microsecond of CPU work, 1 to 10^6; interleave doctor measures it"},
      kArrivalsSetting,
      kRateSetting};
  static constexpr Axis kAxes[] = {{"cpu_share", "% CPU share"}, {"in_flight", "in flight", AxisOf::load}};
  static constexpr Series kSeries[] = {
      after_reply("quick", 10, 100, "1", "inline"),
      after_reply("quick", 10, 60, "10", "inline"),
      after_reply("quick", 10, 20, "50", "inline"),
      after_reply("quick", 50, 200, "1", "inline"),
      after_reply("quick", 50, 100, "10", "inline", "fetch, then compute (10 %)"),
      after_reply("quick", 10, 60, "10", "threads"),
      after_reply("quick", 10, 20, "50", "threads"),
      after_reply("classics", 50, 50, "50", "inline"),
      after_reply("classics", 50, 50, "50", "threads"),
      after_reply("standard", 10, 200, "1", "inline"),
      after_reply("standard", 10, 100, "10", "inline"),
      after_reply("standard", 10, 30, "50", "inline"),
      after_reply("standard", 10, 100, "10", "threads"),
      after_reply("standard", 10, 30, "50", "threads"),
      after_reply("standard", 50, 200, "1", "inline"),
      after_reply("standard", 50, 100, "10", "inline"),
      after_reply("standard", 50, 50, "50", "inline"),
      after_reply("standard", 50, 100, "10", "threads"),
      after_reply("standard", 50, 50, "50", "threads"),
  };
  static constexpr Ladder kLadders[] = {
      share_of_cpu("cpu_share_inline", "CPU share of an item, inline, 50 in flight", "inline"),
      share_of_cpu("cpu_share_threads", "CPU share of an item, handed to threads", "threads"),
  };
  static constexpr Declared kAbout{
      .name = "download_compute",
      .summary = "fetch every item, then compute on its reply: the share of CPU work is a dial",
      .connects = true,
      .waits = true,
      .computes = true,
      .offloads = true,
      .arrives = true,
      .ideal = IdealKind::calibrated,
      .ranks = Ranks::makespan,
      .needs = "needs the capabilities deadline (fetch_within) and offload",
      .parameters = kParameters,
      .axes = kAxes,
      .series = kSeries,
      .ladders = kLadders};

  explicit DownloadComputeSpec(const Load& load) : fetches_(load), cores_(load.cores), squares_(squares_of(load)) {}

  ItemInput input(std::uint32_t item) const {
    ItemInput input = fetches_.input(item);
    input.work = squares_;
    return input;
  }
  Expectation expected(std::uint32_t item) const {
    Expectation want = fetches_.expected(item);
    if (want.outcome == Outcome::ok && squares_ != 0) {
      want.digest = mix64(want.digest, sum_of_squares_by_formula(want.digest >> 32, squares_));
    }
    return want;
  }

  // The greater of two bounds: the list schedule of the items' delays with their work behind them, as if every lane had
  // a core of its own; and all work on the cores there are, from the first reply on.
  nanoseconds ideal() const {
    const double square = squares_ == 0 ? 0 : time_of_one_square().count();
    const nanoseconds work(std::llround(square * static_cast<double>(squares_)));
    std::uint64_t works = 0;
    nanoseconds first_reply = nanoseconds::max();
    const nanoseconds waiting = fetches_.schedule(fetches_.items(), [&](std::uint32_t item) {
      const nanoseconds hold = fetches_.hold(item);
      if (!answered_ok(item)) return hold;
      ++works;
      first_reply = std::min(first_reply, hold);
      return hold + work;
    });
    if (works == 0) return waiting;
    const nanoseconds computing = first_reply + work * works / std::min<std::uint64_t>(cores_, works);
    return std::max(waiting, computing);
  }
  std::uint64_t fingerprint() const { return fetches_.fingerprint(); }

 private:
  bool answered_ok(std::uint32_t item) const {
    return expected_outcome(fetches_.fate(item), fetches_.timeout()) == Outcome::ok;
  }
  // Nominal, so that every trial does the same work: squares after each OK reply.
  std::uint64_t squares_of(const Load& load) const {
    const std::uint64_t per_us = whole_number(load.parameters, "squares_per_us", 3000, {1, 1'000'000});
    const double micros = std::chrono::duration<double, std::micro>(work_of(load)).count();
    return static_cast<std::uint64_t>(std::llround(micros * static_cast<double>(per_us)));
  }
  // What makes the share of the mean item: its delay being the rest. Without delays an item can be all CPU or none.
  nanoseconds work_of(const Load& load) const {
    if (load.parameters.count("work") > 0 && load.parameters.count("cpu_share") == 0)
      return time_span(load.parameters, "work", {});
    const double delay = mean_delay();
    const std::uint64_t share = whole_number(load.parameters, "cpu_share", delay == 0 ? 0 : 10, {0, 100});
    if (share == 0) return nanoseconds(0);
    if (share == 100 && delay == 0) return time_span(load.parameters, "work", milliseconds(10));
    if (share == 100 || delay == 0) {
      throw std::invalid_argument(
          "cpu_share=" + std::to_string(share) + " needs a profile " +
          (share == 100 ? "without delays (local)" : "with delays: without them it is 0 or 100"));
    }
    return nanoseconds(std::llround(delay * static_cast<double>(share) / static_cast<double>(100 - share)));
  }
  double mean_delay() const {  // of the replies that work follows, in nanoseconds
    double sum = 0;
    std::uint32_t count = 0;
    for (std::uint32_t item = 0; item < fetches_.items(); ++item) {
      if (!answered_ok(item)) continue;
      sum += static_cast<double>(fetches_.fate(item).delay.count());
      ++count;
    }
    return count == 0 ? 0 : sum / count;
  }

  DownloadSpec fetches_;
  std::uint32_t cores_;
  std::uint64_t squares_;
};

}  // namespace interleave
