// retry's description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/download/spec.hpp"
#include "workloads/retry/attempts.hpp"

namespace interleave {

class RetrySpec {
 public:
  static constexpr Setting kParameters[] = {
      {"attempts", "4", "how many requests an item may have, 1 to 16: after 429 or 503 it asks again"},
      {"backoff", "20ms",
       "pause behind the first attempt, doubled behind each further one, and of each item between half of it and half "
       "as much again, by its seed; 0s to 10s; what Retry-After says wins where it is longer"}};
  static constexpr Axis kAxes[] = {{"in_flight", "in flight", AxisOf::load}, {"attempts", "attempts"}};
  // A server that says when to come again, one that refuses 40 % and does not, and the classic's mix of errors.
  static constexpr Series kSeries[] = {
      {.profile = "classics", .in_flight = {20}, .least_items = 100, .server = "busy", .time_scale = 0.1},
      {.profile = "classics", .in_flight = {20, 100}, .items_per_lane = 10, .server = "flaky", .time_scale = 0.1},
      {.profile = "classics",
       .in_flight = {100},
       .items_per_lane = 6,
       .timeout = milliseconds(200),
       .server = "error",
       .time_scale = 0.1},
  };
  static constexpr Declared kAbout{.name = "retry",
                                   .summary = "fetch every item, and ask again after a pause where the server is busy",
                                   .connects = true,
                                   .waits = true,
                                   .ranks = Ranks::load,
                                   .needs = "needs the capability deadline (fetch_within)",
                                   .parameters = kParameters,
                                   .axes = kAxes,
                                   .series = kSeries};

  explicit RetrySpec(const Load& load)
      : in_flight_(load.in_flight),
        seed_(load.seed),
        attempts_(static_cast<std::uint32_t>(whole_number(load.parameters, "attempts", 4, {1, 16}))),
        backoff_(backoff_of(load)),
        retry_after_s_(load.profile.retry_after_s),
        fetches_(load, attempts_) {}

  ItemInput input(std::uint32_t item) const {
    const std::uint64_t sixteenths = 8 + mix64(seed_ ^ kJitter, item) % 17;
    return {
        .wait_ns = backoff_.count() * static_cast<std::int64_t>(sixteenths) / 16, .work = attempts_, .argument = item};
  }

  Expectation expected(std::uint32_t item) const {
    std::int64_t before = 0;
    const std::uint32_t last = follow(item, [&](std::uint32_t attempt, nanoseconds pause) {
      before += (fetches_.fate(item, attempt).delay + pause).count();
    });
    Expectation want = fetches_.expected(item, last);
    want.digest = retried_digest(want.digest, last + 1);
    want.least_ns += before;
    return want;
  }

  // The list schedule of all that an item does, its pauses with it: a lane waits with its item.
  nanoseconds ideal() const {
    return list_schedule(fetches_.items(), in_flight_, [&](std::uint32_t item) {
      nanoseconds before{0};
      const std::uint32_t last = follow(
          item, [&](std::uint32_t attempt, nanoseconds pause) { before += fetches_.hold(item, attempt) + pause; });
      return before + fetches_.hold(item, last);
    });
  }

  Requests requests() const {
    Requests all{.ids = fetches_.items(), .unique = fetches_.items()};
    for (std::uint32_t item = 0; item < fetches_.items(); ++item) {
      const auto ask = [&](std::uint32_t attempt) {
        ++all.total;
        all.fingerprint += fingerprint_of(item, attempt, fetches_.fate(item, attempt));
      };
      ask(follow(item, [&](std::uint32_t attempt, nanoseconds) { ask(attempt); }));
    }
    return all;
  }

 private:
  static constexpr std::uint64_t kJitter = 0x6a69747465720000;

  static nanoseconds backoff_of(const Load& load) {
    const nanoseconds backoff = time_span(load.parameters, "backoff", milliseconds(20));
    if (backoff >= nanoseconds(0) && backoff <= std::chrono::seconds(10)) return backoff;
    throw std::invalid_argument("backoff=" + load.parameters.at("backoff") + " is not in 0s to 10s");
  }
  // Calls refused(attempt, pause) for every attempt but the last one, which it returns.
  template <class Refused>
  std::uint32_t follow(std::uint32_t item, Refused refused) const {
    const ItemInput told = input(item);
    for (std::uint32_t attempt = 0;; ++attempt) {
      const Fate fate = fetches_.fate(item, attempt);
      const bool is_told = expected_outcome(fate, fetches_.timeout()) == Outcome::http_error;
      if (!is_told || !asks_again(told, attempt, fate.status)) return attempt;
      refused(attempt, pause_behind(told, attempt, retry_after_s_));
    }
  }

  std::uint32_t in_flight_;
  std::uint64_t seed_;
  std::uint32_t attempts_;
  nanoseconds backoff_;
  std::uint32_t retry_after_s_;
  DownloadSpec fetches_;
};

}  // namespace interleave
