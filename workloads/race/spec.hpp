// race's description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "workloads/download/spec.hpp"
#include "workloads/race/group.hpp"

namespace interleave {

class RaceSpec {
 public:
  static constexpr Setting kParameters[] = {
      {"mode", "first", "what decides a group: first: the first OK; all: the first failure, for all are wanted"},
      {"racers", "3", "how many requests a group has, 2 to 4"},
      {"work", "0s",
       "what each computes where its reply is OK, before it may decide; 0s to 1s; what was handed over cannot be "
       "called off"},
      {"squares_per_us", "3000", "what counts as a microsecond of that, 1 to 4000"}};
  static constexpr Axis kAxes[] = {{"in_flight", "in flight", AxisOf::load}, {"racers", "racers"}};
  // Far apart, so that a machine that is busy elsewhere does not turn who is first.
  static constexpr Series kSeries[] = {
      {.profile = "classics",
       .in_flight = {10},
       .items_per_lane = 3,
       .delay_low = milliseconds(60),
       .delay_high = milliseconds(600)},
      {.profile = "classics",
       .in_flight = {10},
       .items_per_lane = 4,
       .parameters = {{"mode", "all"}},
       .timeout = milliseconds(500),
       .server = "error",
       .time_scale = 0.4},
  };
  static constexpr Declared kAbout{
      .name = "race",
      .summary = "fetch several things at once, and call the others off when one decides",
      .connects = true,
      .waits = true,
      .offloads = true,
      .needs = "needs the capability sub-lanes (fork, and cancel what a sub-lane waits for)",
      .parameters = kParameters,
      .axes = kAxes,
      .series = kSeries};

  // Refuses a load in which two that might decide a group come too near to each other for the same one to be first
  // always.
  explicit RaceSpec(const Load& load)
      : items_(load.items),
        in_flight_(load.in_flight),
        seed_(load.seed),
        racers_(sub_lanes(load)),
        wants_all_(wants_all(load.parameters)),
        squares_(squares(load)),
        fetches_(of_all_racers(load, racers_)),
        by_time_(fetches_.items()) {
    std::iota(by_time_.begin(), by_time_.end(), 0U);
    std::stable_sort(by_time_.begin(), by_time_.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return fetches_.hold(a) < fetches_.hold(b); });
    for (std::uint32_t item = 0; item < items_; ++item) refuse_luck(item);
  }

  ItemInput input(std::uint32_t item) const {
    Racers racers{.count = racers_, .squares = squares_, .wants_all = wants_all_};
    const std::uint64_t turn = mix64(seed_ ^ kTurns, item);
    for (std::uint32_t racer = 0; racer < racers_; ++racer)
      racers.ids[racer] = id_of(item, static_cast<std::uint32_t>((racer + turn) % racers_));
    return input_of(racers);
  }

  Expectation expected(std::uint32_t item) const {
    const std::uint32_t decider = place_that_decides(item, 0);
    if (decider == racers_) return wants_all_ ? everybody(item) : nobody(item);
    const Expectation by = fetches_.expected(id_of(item, decider));
    if (wants_all_) return failed(item, by.outcome, by.least_ns);
    return {.digest = won_digest(item, computed(id_of(item, decider), by.digest)), .least_ns = by.least_ns};
  }

  // Any of the others that might decide it.
  std::vector<std::uint64_t> upsets(std::uint32_t item) const {
    std::vector<std::uint64_t> digests;
    for (std::uint32_t place = 0; place < racers_; ++place) {
      if (!may_decide(item, place) || place == place_that_decides(item, 0)) continue;
      const std::uint32_t id = id_of(item, place);
      const Expectation by = fetches_.expected(id);
      digests.push_back(wants_all_ ? failed_digest(item, by.outcome) : won_digest(item, computed(id, by.digest)));
    }
    return digests;
  }

  static std::uint32_t sub_lanes(const Load& load) {
    return static_cast<std::uint32_t>(whole_number(load.parameters, "racers", 3, {2, kMostRacers}));
  }

  // The list schedule of the groups, each until it is decided; what it computes is left out, so it is never too much.
  nanoseconds ideal() const {
    return list_schedule(items_, in_flight_, [&](std::uint32_t item) {
      return fetches_.hold(id_of(item, std::min(place_that_decides(item, 0), racers_ - 1)));
    });
  }

  Requests requests() const {
    const std::uint64_t ids = fetches_.items();
    Requests all{.ids = ids, .unique = ids, .total = ids, .fingerprint = fetches_.fingerprint()};
    if (squares_ != 0) return all;  // who is answered before it is decided, nobody can say
    for (std::uint32_t item = 0; item < items_; ++item) {
      const std::uint32_t decider = place_that_decides(item, 0);
      if (decider != racers_) all.called_off += racers_ - 1 - decider;
    }
    return all;
  }

 private:
  static constexpr std::uint64_t kTurns = 0x7475726e73000000;
  static constexpr nanoseconds kApart = milliseconds(10);

  static bool wants_all(const Settings& parameters) {
    const auto found = parameters.find("mode");
    if (found == parameters.end() || found->second == "first") return false;
    if (found->second == "all") return true;
    throw std::invalid_argument("mode=" + found->second + ": known are first, all");
  }
  static std::uint32_t squares(const Load& load) {
    const nanoseconds work = time_span(load.parameters, "work", milliseconds(0));
    if (work < nanoseconds(0) || work > std::chrono::seconds(1)) {
      throw std::invalid_argument("work=" + load.parameters.at("work") + " is not in 0s to 1s");
    }
    const std::uint64_t per_us = whole_number(load.parameters, "squares_per_us", 3000, {1, 4000});
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(work.count()) / 1000 * per_us);
  }
  std::uint64_t computed(std::uint32_t id, std::uint64_t reply) const {
    return computed_digest(reply, squares_, sum_of_squares_by_formula(id, squares_));
  }
  static Load of_all_racers(Load load, std::uint32_t racers) {
    if (load.items > UINT32_MAX / racers) {
      throw std::invalid_argument("items=" + std::to_string(load.items) + " is too many: each has " +
                                  std::to_string(racers) + " ids on the server");
    }
    load.items *= racers;
    return load;
  }

  // Of all ids in the order in which they come back, a group has one of each part: far apart, whatever the seed.
  std::uint32_t id_of(std::uint32_t item, std::uint32_t place) const { return by_time_[place * items_ + item]; }
  bool may_decide(std::uint32_t item, std::uint32_t place) const {
    const std::uint32_t id = id_of(item, place);
    return (expected_outcome(fetches_.fate(id), fetches_.timeout()) == Outcome::ok) != wants_all_;
  }
  // The first from `place` on that might; racers_: nobody.
  std::uint32_t place_that_decides(std::uint32_t item, std::uint32_t place) const {
    while (place < racers_ && !may_decide(item, place)) ++place;
    return place;
  }
  void refuse_luck(std::uint32_t item) const {
    const std::uint32_t decider = place_that_decides(item, 0),
                        second = decider == racers_ ? racers_ : place_that_decides(item, decider + 1);
    if (second == racers_) return;
    const std::uint32_t a = id_of(item, decider), b = id_of(item, second);
    const bool alike = wants_all_ && fetches_.expected(a).outcome == fetches_.expected(b).outcome;
    if (alike || fetches_.hold(b) - fetches_.hold(a) >= kApart) return;
    throw std::invalid_argument(
        "in item " + std::to_string(item) +
        " two replies that could decide it come within 10 ms of each other, so that which is first would "
        "be luck: set delays that are further apart, such as delay=30ms..300ms");
  }

  Expectation failed(std::uint32_t item, Outcome outcome, std::int64_t least_ns) const {
    return {.digest = failed_digest(item, outcome), .least_ns = least_ns, .outcome = outcome};
  }
  std::int64_t longest(std::uint32_t item) const {
    std::int64_t longest = 0;
    for (std::uint32_t place = 0; place < racers_; ++place)
      longest = std::max(longest, fetches_.expected(id_of(item, place)).least_ns);
    return longest;
  }
  // All failed where one was wanted: it is the first racer's outcome that is told.
  Expectation nobody(std::uint32_t item) const {
    return failed(item, fetches_.expected(input(item).argument).outcome, longest(item));
  }
  Expectation everybody(std::uint32_t item) const {
    std::uint64_t content = 0;
    for (std::uint32_t place = 0; place < racers_; ++place) {
      const std::uint32_t id = id_of(item, place);
      content += computed(id, fetches_.expected(id).digest);
    }
    return {.digest = won_digest(item, content), .least_ns = longest(item)};
  }

  std::uint32_t items_, in_flight_;
  std::uint64_t seed_;
  std::uint32_t racers_;
  bool wants_all_;
  std::uint32_t squares_;
  DownloadSpec fetches_;
  std::vector<std::uint32_t> by_time_;  // all ids, the first to come back first
};

}  // namespace interleave
