// resolve's description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <stdexcept>
#include <string>

#include "harness/dns/lookups.hpp"
#include "harness/load/schedule.hpp"
#include "harness/load/workload.hpp"
#include "workloads/resolve/answer.hpp"

namespace interleave {

class ResolveSpec {
 public:
  static constexpr Setting kParameters[] = {
      {"attempts", "2", "how many datagrams an item may send, 1 to 8: one that is not answered is sent again"}};
  static constexpr Axis kAxes[] = {{"in_flight", "in flight", AxisOf::load}, {"attempts", "attempts"}};
  // The classic's 18 names, one after another and all at once, and more of them from a server that loses a tenth of its
  // answers and cuts off another.
  static constexpr Series kSeries[] = {
      {.profile = "classics",
       .in_flight = {1},
       .least_items = 18,
       .timeout = std::chrono::milliseconds(200),
       .server = "delay",
       .time_scale = 0.1},
      {.profile = "classics",
       .in_flight = {18},
       .least_items = 18,
       .timeout = std::chrono::seconds(1),
       .server = "delay",
       .time_scale = 0.5},
      {.profile = "classics",
       .in_flight = {18, 100},
       .items_per_lane = 6,
       .timeout = std::chrono::milliseconds(200),
       .server = "lossy",
       .time_scale = 0.1},
  };
  static constexpr Declared kAbout{.name = "resolve",
                                   .summary =
                                       "look names up, again where an answer is lost, and over TCP where it "
                                       "does not fit",
                                   .connects = true,
                                   .waits = true,
                                   .ranks = Ranks::load,
                                   .needs = "needs the capability datagrams (send_to, receive_within)",
                                   .datagrams = true,
                                   .parameters = kParameters,
                                   .axes = kAxes,
                                   .series = kSeries};

  // Refuses a load whose queries would wait for ever, and one whose answers come near the limit, since what they come
  // to is luck.
  explicit ResolveSpec(const Load& load)
      : timeout_(load.timeout),
        items_(load.items),
        in_flight_(load.in_flight),
        attempts_(static_cast<std::uint32_t>(whole_number(load.parameters, "attempts", 2, {1, kMostLookupAttempts}))),
        fates_(load.profile, load.seed, load.items) {
    if (timeout_.count() == 0) throw std::invalid_argument("timeout=0s: a datagram may be lost, so set a timeout");
    for (const FaultShare& share : load.profile.faults) {
      if (is_fault_of_lookups(share.fault) || share.parts_per_million == 0) continue;
      throw std::invalid_argument("profile " + load.profile.name + ": a name server has no fault '" +
                                  std::string(name_of(share.fault)) + "'; known: status, hang, truncate");
    }
    refuse_luck();
  }

  ItemInput input(std::uint32_t item) const { return {.work = attempts_, .argument = item}; }

  Expectation expected(std::uint32_t item) const {
    const Course course = follow(item, [](std::uint32_t, const Fate&) {});
    const bool answered = course.outcome == Outcome::ok;
    return {.digest = lookup_digest(item, course.outcome, answered ? address_of_item(fates_.seed(), item) : 0,
                                    course.attempts, course.over_tcp),
            .least_ns = course.took.count(),
            .outcome = course.outcome};
  }

  nanoseconds ideal() const {
    return list_schedule(items_, in_flight_,
                         [&](std::uint32_t item) { return follow(item, [](std::uint32_t, const Fate&) {}).took; });
  }

  Requests requests() const {
    Requests all{.ids = items_, .unique = items_};
    for (std::uint32_t item = 0; item < items_; ++item) {
      follow(item, [&](std::uint32_t attempt, const Fate& fate) {
        ++all.total;
        all.fingerprint += fingerprint_of(item, attempt, fate);
      });
    }
    return all;
  }

 private:
  struct Course {
    Outcome outcome = Outcome::timeout;
    std::uint32_t attempts = 0;
    bool over_tcp = false;
    nanoseconds took{0};
  };

  // An item's queries from the first to the last, each told to asked(attempt, fate).
  template <class Asked>
  Course follow(std::uint32_t item, Asked asked) const {
    Course course;
    Fate fate;
    const auto ask = [&](std::uint32_t attempt) {
      fate = fate_of_query(fates_, item, attempt);
      asked(attempt, fate);
      return fate_of_lookup(fate, item);
    };
    LookupFate came = LookupFate::lost;
    while (came == LookupFate::lost && course.attempts < attempts_) {
      came = ask(course.attempts++);
      course.took += came == LookupFate::lost ? timeout_ : fate.delay;
    }
    course.over_tcp = came == LookupFate::truncated;
    if (course.over_tcp) {
      came = ask(kOverTcp);
      course.took += fate.delay;
    }
    course.outcome = outcome_of(came);
    return course;
  }
  static Outcome outcome_of(LookupFate came) {
    switch (came) {
      case LookupFate::address: return Outcome::ok;
      case LookupFate::no_such_name: return Outcome::not_found;
      case LookupFate::failure: return Outcome::http_error;
      case LookupFate::lost:
      case LookupFate::truncated: break;
    }
    return Outcome::timeout;
  }

  void refuse_luck() const {
    nanoseconds longest{0};
    for (std::uint32_t item = 0; item < items_; ++item) {
      follow(item, [&](std::uint32_t, const Fate& fate) { longest = std::max(longest, fate.delay); });
    }
    const nanoseconds margin = std::max<nanoseconds>(std::chrono::milliseconds(10), timeout_ / 20);
    if (longest + margin <= timeout_) return;
    throw std::invalid_argument("an answer takes up to " + std::to_string(longest.count() / 1'000'000) +
                                " ms, too near to the timeout of " + std::to_string(timeout_.count() / 1'000'000) +
                                " ms: whether it is in time would be luck");
  }

  nanoseconds timeout_;
  std::uint32_t items_, in_flight_, attempts_;
  Fates fates_;
};

}  // namespace interleave
