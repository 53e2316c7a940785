// download's load, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <stdexcept>
#include <string_view>

#include "harness/http/body.hpp"
#include "harness/http/fate.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/worker/schedule.hpp"
#include "harness/worker/workload.hpp"

namespace interleave {

struct DownloadLoad : Load {
  explicit DownloadLoad(const Load& load) : Load(load), fates(load.profile, load.seed, load.items) {
    for (const FaultShare& share : profile.faults) {
      const bool answered = expected_outcome({share.fault, share.status, 0, {}}, timeout) != Outcome::timeout;
      if (answered || share.parts_per_million == 0 || timeout.count() > 0) continue;
      throw std::invalid_argument("profile " + profile.name + " has requests that are never answered: set a timeout");
    }
  }
  Fates fates;
};

struct DownloadSpec {
  using PreparedLoad = DownloadLoad;
  static constexpr std::string_view kName = "download";
  static constexpr std::string_view kNeeds = "needs the capability deadline (fetch_within)";
  static constexpr std::array<Setting, 0> kParameters{};
  static constexpr bool kConnects = true;
  static constexpr bool kOffloads = false;

  // What a reply makes of its item. The content counts only where the outcome is one that has content.
  static ItemResult result(std::uint32_t item, const Reply& reply) {
    return {item,
            reply.status,
            reply.outcome,
            digest(item, reply.outcome, reply.status, reply.digest),
            reply.first_byte_ns,
            reply.server_sent_ns};
  }
  static std::uint64_t digest(std::uint32_t item, Outcome outcome, std::uint16_t status, std::uint32_t body) {
    const bool answered = outcome == Outcome::ok || outcome == Outcome::not_found || outcome == Outcome::http_error;
    const std::uint64_t content = answered ? std::uint64_t{status} << 32 | body : 0;
    return mix64(mix64(item, static_cast<std::uint64_t>(outcome)), content);
  }

  static Expected expected(const DownloadLoad& load, std::uint32_t item) {
    const Fate fate = load.fates.of(item);
    const Outcome outcome = expected_outcome(fate, load.timeout);
    return {outcome, digest(item, outcome, fate.status, body_digest(item, fate.bytes))};
  }
  static nanoseconds ideal(const DownloadLoad& load) {
    return list_schedule(load.items, load.in_flight,
                         [&](std::uint32_t item) { return expected_hold(load.fates.of(item), load.timeout); });
  }
  static std::uint64_t fingerprint(const DownloadLoad& load) {
    std::uint64_t sum = 0;
    for (std::uint32_t item = 0; item < load.items; ++item) sum += fingerprint_of(item, 0, load.fates.of(item));
    return sum;
  }
};

}  // namespace interleave
