// The fate of an item: what the server does to it, a pure function of (seed, profile, items, item, attempt).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>

#include "harness/http/outcome.hpp"
#include "harness/http/profile.hpp"

namespace interleave {

// A keyed permutation of [0, n): a four-round Feistel network over the next power of four, walked until it
// lands inside. n >= 1, place < n.
std::uint64_t permuted(std::uint64_t key, std::uint64_t n, std::uint64_t place) noexcept;

struct Fate {
  Fault fault = Fault::none;
  std::uint16_t status = 200;
  std::uint32_t bytes = 0;             // of the body in full, even where a fault cuts it short
  std::chrono::nanoseconds delay{0};   // to the first byte of the reply
  std::uint32_t bytes_per_second = 0;  // that the body is written at; 0: as fast as it goes
};

// Exact quotas, stratified draws: each quantity gives every item a rank by its own permutation, so the
// number of each fault and the multiset of delays and sizes are the same for every seed. A second or later
// attempt is drawn again with a key of its own.
class Fates {
 public:
  // Throws std::invalid_argument if items is 0, the shares exceed 1,000,000, or as refuse_excess() does.
  Fates(Profile profile, std::uint64_t seed, std::uint64_t items);

  // item < items() has its fate; any other id gets status 404 without delay.
  Fate of(std::uint64_t item, std::uint32_t attempt = 0) const noexcept;

  const Profile& profile() const noexcept { return profile_; }
  std::uint64_t seed() const noexcept { return seed_; }
  std::uint64_t items() const noexcept { return items_; }

 private:
  Profile profile_;
  std::uint64_t seed_;
  std::uint64_t items_;
  std::vector<std::uint64_t> upto_;  // cumulative counts of items, one for each share
};

// What a client that waits `limit` at most (0: for ever) must report for this fate. A reply that is due at or
// after the limit, or never, is a TIMEOUT.
Outcome expected_outcome(const Fate& fate, std::chrono::nanoseconds limit) noexcept;

// How long after its delay a fate's last byte is due: the body at its rate.
std::chrono::nanoseconds body_time(const Fate& fate) noexcept;

// How long the item keeps its lane in the ideal schedule: delay and body, or the limit if that comes first.
std::chrono::nanoseconds expected_hold(const Fate& fate, std::chrono::nanoseconds limit) noexcept;

// What one answered request adds to the work fingerprint (a sum mod 2^64, so order does not matter).
std::uint64_t fingerprint_of(std::uint64_t item, std::uint32_t attempt, const Fate& fate) noexcept;

}  // namespace interleave
