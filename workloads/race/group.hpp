// A group of requests that run together: when it is decided, and what it comes to.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <atomic>
#include <cstdint>

#include "harness/load/load.hpp"
#include "harness/worker/offload.hpp"
#include "workloads/compute/kernel.hpp"
#include "workloads/download/result.hpp"

namespace interleave {

inline constexpr std::uint32_t kMostRacers = 4;

// How an input tells its racers' ids: the first is the argument, two are work, the last is half of wait_ns, of which
// the other half is how much each computes on its reply; flags say how many there are, and whether the group wants them
// all.
struct Racers {
  std::array<std::uint32_t, kMostRacers> ids{};
  std::uint32_t count = 0;
  std::uint32_t squares = 0;  // that each adds up where its reply is OK; 0: none
  bool wants_all = false;
};
constexpr ItemInput input_of(const Racers& racers) {
  const auto two = [](std::uint32_t low, std::uint32_t high) { return std::uint64_t{high} << 32 | low; };
  return {.wait_ns = static_cast<std::int64_t>(two(racers.ids[3], racers.squares)),
          .work = two(racers.ids[1], racers.ids[2]),
          .argument = racers.ids[0],
          .flags = racers.count << 8 | (racers.wants_all ? 1U << 16 : 0)};
}
constexpr Racers racers_of(const ItemInput& input) {
  const auto low = [](std::uint64_t two) { return static_cast<std::uint32_t>(two); };
  const auto wait = static_cast<std::uint64_t>(input.wait_ns);
  return {.ids = {input.argument, low(input.work), low(input.work >> 32), low(wait)},
          .count = input.flags >> 8 & 255,
          .squares = low(wait >> 32),
          .wants_all = (input.flags >> 16 & 1) != 0};
}

// A group that failed says how, and nothing of who.
constexpr std::uint64_t failed_digest(std::uint32_t item, Outcome outcome) {
  return mix64(item, static_cast<std::uint64_t>(outcome));
}
constexpr std::uint64_t won_digest(std::uint32_t item, std::uint64_t winner) { return mix64(item, winner); }

constexpr std::uint64_t computed_digest(std::uint64_t reply, std::uint32_t squares, std::uint64_t sum) {
  return squares == 0 ? reply : mix64(reply, sum);
}

// Of one item. Any sub-lane may tell what its request came to, at the same time as others.
class Group {
 public:
  Group(const Load& load, std::uint32_t item) : item_(item), racers_(racers_of(load.inputs[item])) {}

  std::uint32_t count() const { return racers_.count; }
  Request request(std::uint32_t racer) const { return {.item = racers_.ids[racer]}; }

  // Whether a racer is to compute before it may decide: not where that is over already.
  bool computes(const Reply& reply) const {
    return racers_.squares != 0 && reply.outcome == Outcome::ok && decider_.load() == kNobody;
  }
  Work work(std::uint32_t racer) const { return {&sum_of_squares, racers_.ids[racer], racers_.squares}; }
  void computed(std::uint32_t racer, std::uint64_t sum) { sums_[racer] = sum; }

  // Once a racer. True: it is the one that decides, so the others are to be called off.
  bool decides(std::uint32_t racer, const Reply& reply) {
    replies_[racer] = reply;
    const bool good = reply.outcome == Outcome::ok;
    if (good == racers_.wants_all || reply.outcome == Outcome::cancelled) return false;
    std::uint32_t nobody = kNobody;
    return decider_.compare_exchange_strong(nobody, racer);
  }
  // Once a racer, when it is over. True: it was the last one.
  bool all_are_over() { return over_.fetch_add(1) + 1 == racers_.count; }

  ItemResult result() const {
    const std::uint32_t decider = decider_.load();
    if (decider == kNobody) return racers_.wants_all ? everybody() : failed(replies_[0]);
    return racers_.wants_all ? failed(replies_[decider]) : won(replies_[decider], content(decider));
  }

 private:
  static constexpr std::uint32_t kNobody = UINT32_MAX;

  std::uint64_t content(std::uint32_t racer) const {
    return computed_digest(fetch_result(racers_.ids[racer], replies_[racer]).digest, racers_.squares, sums_[racer]);
  }
  ItemResult everybody() const {
    std::uint64_t content_of_all = 0;
    const Reply* last = replies_.data();
    for (std::uint32_t racer = 0; racer < racers_.count; ++racer) {
      content_of_all += content(racer);
      if (replies_[racer].first_byte_ns > last->first_byte_ns) last = &replies_[racer];
    }
    return won(*last, content_of_all);
  }
  ItemResult won(const Reply& by, std::uint64_t content) const {
    return told(by, Outcome::ok, won_digest(item_, content));
  }
  ItemResult failed(const Reply& by) const { return told(by, by.outcome, failed_digest(item_, by.outcome)); }
  ItemResult told(const Reply& by, Outcome outcome, std::uint64_t digest) const {
    return {.item = item_,
            .status = by.status,
            .outcome = outcome,
            .digest = digest,
            .first_byte_ns = by.first_byte_ns,
            .server_sent_ns = by.server_sent_ns};
  }

  std::uint32_t item_;
  Racers racers_;
  std::array<Reply, kMostRacers> replies_{};
  std::array<std::uint64_t, kMostRacers> sums_{};
  std::atomic<std::uint32_t> decider_{kNobody};
  std::atomic<std::uint32_t> over_{0};
};

}  // namespace interleave
