// download's description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "harness/http/body.hpp"
#include "harness/http/fate.hpp"
#include "harness/load/arrivals.hpp"
#include "harness/load/schedule.hpp"
#include "harness/load/workload.hpp"
#include "workloads/download/result.hpp"

namespace interleave {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Each reply a wait of its own between the two, several items a lane after another.
constexpr Series after_waits(std::string_view profile, Few<std::uint32_t> in_flight, std::uint32_t items_per_lane,
                             microseconds least, microseconds most, std::string_view said = {}) {
  return {.profile = profile,
          .in_flight = in_flight,
          .items_per_lane = items_per_lane,
          .delay_low = least,
          .delay_high = most,
          .said = said};
}

// Each at a time of its own, whoever is free, at most 100 under way.
constexpr Series at_a_rate(std::string_view profile, std::uint32_t items, std::string_view rate,
                           std::string_view said = {}) {
  return {.profile = profile,
          .in_flight = {100},
          .least_items = items,
          .parameters = {{"arrivals", "poisson"}, {"rate", rate}},
          .said = said};
}

class DownloadSpec {
 public:
  static constexpr Setting kParameters[] = {{"connections", "kept",
                                             "kept: a lane has one for all its items, as long as replies let it; "
                                             "fresh: each item has one of its own, which it "
                                             "makes (the first of each lane: made before the run)"},
                                            kArrivalsSetting,
                                            kRateSetting};
  static constexpr Axis kAxes[] = {{"in_flight", "in flight", AxisOf::load}};
  static constexpr Series kSeries[] = {
      // quick: where nothing waits, and waits of 10, 30 and 100 ms on average, from few to many at once.
      {.profile = "quick", .in_flight = {1}, .least_items = 500},
      {.profile = "quick", .in_flight = {3, 10, 30}, .least_items = 5000},
      {.profile = "quick", .in_flight = {300}, .least_items = 15'000},
      {.profile = "quick", .in_flight = {100}, .least_items = 10'000, .said = "fetch flat out"},
      {.profile = "quick", .in_flight = {1000}, .items_per_lane = 20, .said = "fetch flat out"},
      after_waits("quick", {10, 30, 100, 300, 500}, 4, milliseconds(15), milliseconds(45)),
      after_waits("quick", {10, 300}, 12, milliseconds(5), milliseconds(15)),
      after_waits("quick", {100}, 12, milliseconds(5), milliseconds(15), "fetch, replies after 10 ms"),
      after_waits("quick", {10, 100, 300}, 2, milliseconds(50), milliseconds(150)),
      after_waits("quick", {1000}, 2, milliseconds(50), milliseconds(150), "fetch, replies after 100 ms"),
      // Delays of 50 to 500 ms times the scale, and exactly 25 % errors, hangs among them. The limit is far above the
      // longest delay, so that a scheduling hiccup does not turn a slow answer into a TIMEOUT.
      {.profile = "quick",
       .in_flight = {100},
       .items_per_lane = 5,
       .timeout = milliseconds(200),
       .server = "error",
       .time_scale = 0.02,
       .said = "fetch, a quarter of it fails"},
      at_a_rate("quick", 600, "2000", "answer 2,000 a second"),
      at_a_rate("quick", 3000, "10000", "answer 10,000 a second"),
      {.profile = "standard", .in_flight = {1}, .least_items = 1000},
      at_a_rate("standard", 1000, "2000"),
      at_a_rate("standard", 5000, "10000"),
      at_a_rate("standard", 10'000, "20000"),
      {.profile = "standard", .in_flight = {10, 100, 1000}, .items_per_lane = 20, .least_items = 20'000},
      {.profile = "standard",
       .in_flight = {10, 50},
       .items_per_lane = 20,
       .delay_low = milliseconds(5),
       .delay_high = milliseconds(15)},
      {.profile = "standard",
       .in_flight = {100},
       .items_per_lane = 4,
       .delay_low = milliseconds(50),
       .delay_high = milliseconds(150)},
      {.profile = "standard",
       .in_flight = {1000},
       .items_per_lane = 10,
       .delay_low = milliseconds(50),
       .delay_high = milliseconds(150)},
      {.profile = "standard",
       .in_flight = {10'000},
       .items_per_lane = 2,
       .delay_low = milliseconds(250),
       .delay_high = milliseconds(750)},
      {.profile = "standard",
       .in_flight = {100},
       .items_per_lane = 10,
       .timeout = milliseconds(200),
       .server = "error",
       .time_scale = 0.02},
      {.profile = "standard",
       .in_flight = {1000},
       .items_per_lane = 3,
       .timeout = milliseconds(500),
       .server = "error",
       .time_scale = 0.2},
      // gate: flat out, and at a fixed rate, where a slower client does not find more replies at each wake-up. As many
      // as keep a core busy for a tenth of a second: shorter trials say little on a shared machine.
      {.profile = "gate", .in_flight = {20}, .least_items = 15'000},
      after_waits("gate", {50}, 30, milliseconds(5), milliseconds(15)),
      {.profile = "classics", .in_flight = {20}, .least_items = 2000, .parameters = {{"connections", "fresh"}}},
      // The flags: 20 one after the other and ten times 676 by 30 lanes from a server that answers at once (20 are gone
      // before as
      // many threads are awake), 20 with delays of 5 to 50 ms in turn, and 100 with these, without and with errors,
      // within a limit.
      {.profile = "classics", .in_flight = {1}, .least_items = 20},
      {.profile = "classics", .in_flight = {30}, .least_items = 6760},
      {.profile = "classics",
       .in_flight = {5, 30, 100},
       .least_items = 100,
       .timeout = milliseconds(200),
       .server = "delay",
       .time_scale = 0.1},
      {.profile = "classics",
       .in_flight = {5, 30, 100},
       .least_items = 100,
       .timeout = milliseconds(200),
       .server = "error",
       .time_scale = 0.1},
      {.profile = "classics",
       .in_flight = {1},
       .least_items = 20,
       .timeout = milliseconds(200),
       .server = "delay",
       .time_scale = 0.1},
  };
  static constexpr Ladder kLadders[] = {
      {.name = "in_flight_10ms",
       .said = "in flight, replies after 10 ms",
       .hardest = 10'000,
       .load = {.delay_low = milliseconds(5), .delay_high = milliseconds(15)}},
      {.name = "in_flight_100ms",
       .said = "in flight, replies after 100 ms",
       .hardest = 18'000,
       .load = {.delay_low = milliseconds(50), .delay_high = milliseconds(150)}},
      {.name = "wait",
       .said = "shortest wait, 100 in flight",
       .unit = "us",
       .dial = Dial::delay,
       .easiest = 100'000,
       .hardest = 100,
       .load = {.in_flight = {100}}},
      {.name = "rate",
       .said = "arrivals a second, 100 lanes",
       .dial = Dial::parameter,
       .parameter = "rate",
       .easiest = 100,
       .hardest = 100'000,
       .keeps_up = 0,
       .also = {-16, -2},
       .load = {.in_flight = {100}, .parameters = {{"arrivals", "constant"}}}},
  };
  static constexpr Declared kAbout{.name = "download",
                                   .summary = "fetch every item within a limit, and say what each came to",
                                   .connects = true,
                                   .waits = true,
                                   .arrives = true,
                                   .ranks = Ranks::load,
                                   .needs = "needs the capability deadline (fetch_within)",
                                   .parameters = kParameters,
                                   .axes = kAxes,
                                   .series = kSeries,
                                   .ladders = kLadders};

  // Refuses a load whose requests would never end, and one whose delays come near the limit, since what its replies
  // come to is luck. `attempts`: how many requests an item may have at most, each with a fate of its own.
  explicit DownloadSpec(const Load& load, std::uint32_t attempts = 1)
      : timeout_(load.timeout),
        in_flight_(load.in_flight),
        own_connections_(are_fresh(load.parameters)),
        arrivals_(load),
        fates_(load.profile, load.seed, load.items) {
    for (const FaultShare& share : load.profile.faults) {
      const bool answered = expected_outcome({.fault = share.fault, .status = share.status, .bytes = 0, .delay = {}},
                                             timeout_) != Outcome::timeout;
      if (answered || share.parts_per_million == 0 || timeout_.count() > 0) continue;
      throw std::invalid_argument("profile " + load.profile.name +
                                  " has requests that are never answered: set a timeout");
    }
    for (std::uint32_t attempt = 0; attempt < attempts && timeout_.count() > 0; ++attempt) refuse_luck(attempt);
  }

  ItemInput input(std::uint32_t item) const {
    return {.due_ns = arrivals_.due(item).count(), .argument = item, .flags = own_connections_ ? kOwnConnection : 0};
  }

  // No earlier than the server may answer, or the limit lets go.
  Expectation expected(std::uint32_t item, std::uint32_t attempt = 0) const {
    const Fate fate = fates_.of(item, attempt);
    const Outcome outcome = expected_outcome(fate, timeout_);
    return {.digest = fetch_digest(item, outcome, fate.status, body_digest(item, fate.bytes)),
            .least_ns = outcome == Outcome::timeout ? timeout_.count() : fate.delay.count(),
            .outcome = outcome};
  }
  nanoseconds ideal() const {
    return schedule(items(), [&](std::uint32_t item) { return hold(item); });
  }
  // The list schedule of holds over the lanes, none before its item arrives. Throws TooFast where items
  // arrive faster than lanes that hold them for so long can take them up.
  template <class Hold>
  nanoseconds schedule(std::uint32_t items, Hold hold) const {
    if (!arrivals_.on_schedule()) return list_schedule(items, in_flight_, hold);
    double held = 0;
    const auto noted = [&](std::uint32_t item) {
      const nanoseconds time = hold(item);
      held += static_cast<double>(time.count());
      return time;
    };
    const nanoseconds makespan =
        list_schedule(items, in_flight_, noted, [&](std::uint32_t item) { return arrivals_.due(item); });
    const auto schedule_ns = static_cast<double>(arrivals_.due(items - 1).count());
    const double lanes = held / schedule_ns;  // that are taken, on average, over the whole schedule
    if (items <= in_flight_ || lanes <= in_flight_) return makespan;
    throw TooFast("at rate=" + std::to_string(std::llround(items / (schedule_ns / 1e9))) + " replies would keep " +
                  std::to_string(std::llround(std::ceil(lanes))) + " lanes busy, in_flight is " +
                  std::to_string(in_flight_) + ": ask for a lower rate or more in flight");
  }
  std::uint64_t fingerprint() const {
    std::uint64_t sum = 0;
    for (std::uint32_t item = 0; item < items(); ++item) sum += fingerprint_of(item, 0, fates_.of(item));
    return sum;
  }

  Requests requests() const {
    return {.ids = items(),
            .unique = items(),
            .total = items(),
            .connections = own_connections_ ? items() : 0,
            .fingerprint = fingerprint()};
  }

  Fate fate(std::uint32_t item, std::uint32_t attempt = 0) const { return fates_.of(item, attempt); }
  nanoseconds hold(std::uint32_t item, std::uint32_t attempt = 0) const {
    return expected_hold(fates_.of(item, attempt), timeout_);
  }
  nanoseconds timeout() const { return timeout_; }
  std::uint32_t items() const { return static_cast<std::uint32_t>(fates_.items()); }

 private:
  static bool are_fresh(const Settings& parameters) {
    const auto found = parameters.find("connections");
    if (found == parameters.end() || found->second == "kept") return false;
    if (found->second == "fresh") return true;
    throw std::invalid_argument("connections=" + found->second + ": known are kept, fresh");
  }
  void refuse_luck(std::uint32_t attempt) const {
    const nanoseconds margin = std::max<nanoseconds>(milliseconds(10), timeout_ / 20);
    nanoseconds longest{0};
    for (std::uint32_t item = 0; item < items(); ++item) {
      const Fate fate = fates_.of(item, attempt);
      if (expected_outcome(fate, nanoseconds(0)) == Outcome::timeout)
        continue;  // it never answers, and that is the point
      longest = std::max(longest, expected_hold(fate, nanoseconds(0)));
    }
    if (longest + margin <= timeout_) return;
    const auto in_ms = [](nanoseconds time) { return std::to_string((time.count() + 999'999) / 1'000'000) + " ms"; };
    throw std::invalid_argument("replies take up to " + in_ms(longest) + ", too near to the limit of " +
                                in_ms(timeout_) + " to be told from time-outs: set a timeout of " +
                                in_ms(longest * 11 / 10 + milliseconds(10)) + " or more");
  }

  nanoseconds timeout_;
  std::uint32_t in_flight_;
  bool own_connections_;
  Arrivals arrivals_;
  Fates fates_;
};

}  // namespace interleave
