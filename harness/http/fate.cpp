// Permutations, quotas and quantiles.
// SPDX-License-Identifier: Apache-2.0
#include "harness/http/fate.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "harness/http/mix.hpp"
#include "harness/http/normal_quantile.hpp"

namespace interleave {
namespace {

__extension__ using Wide = unsigned __int128;
constexpr std::uint64_t kMillion = 1'000'000;
enum Draw : std::uint64_t { kFaultDraw = 1, kDelayDraw = 2, kBytesDraw = 3 };

std::uint64_t key_of(std::uint64_t seed, std::uint32_t attempt, Draw draw) noexcept {
  return mix64(mix64(seed, attempt), draw);
}

// low + (high - low) * (2 rank + 1) / (2 n): the middle of the rank's stratum, in integers.
std::uint64_t stratum(std::uint64_t low, std::uint64_t high, std::uint64_t rank, std::uint64_t n) noexcept {
  return low + static_cast<std::uint64_t>(static_cast<Wide>(high - low) * (2 * rank + 1) / (2 * n));
}

std::chrono::nanoseconds delay_at(const Delay& delay, std::uint64_t rank, std::uint64_t n) noexcept {
  using std::chrono::nanoseconds;
  const auto low = static_cast<std::uint64_t>(nanoseconds(delay.low).count());
  const auto high = static_cast<std::uint64_t>(nanoseconds(delay.high).count());
  switch (delay.kind) {
    case DelayKind::none: return nanoseconds(0);
    case DelayKind::fixed: return nanoseconds(low);
    case DelayKind::uniform: return nanoseconds(stratum(low, high, rank, n));
    case DelayKind::lognormal: break;
  }
  // Whole microseconds, so that the last bit of exp() cannot differ between two libraries.
  const double micros = static_cast<double>(delay.low.count()) *
                        std::exp(delay.sigma * normal_quantile(rank, n));
  const auto whole = static_cast<std::int64_t>(std::llround(std::min(micros, 1e12)));
  return std::chrono::microseconds(std::min<std::int64_t>(whole, delay.high.count()));
}

}  // namespace

std::uint64_t permuted(std::uint64_t key, std::uint64_t n, std::uint64_t place) noexcept {
  if (n < 2) return 0;
  const unsigned half = (static_cast<unsigned>(std::bit_width(n - 1)) + 1) / 2;
  const std::uint64_t mask = (std::uint64_t{1} << half) - 1;
  do {
    std::uint64_t left = place >> half;
    std::uint64_t right = place & mask;
    for (std::uint64_t round = 0; round < 4; ++round) {
      const std::uint64_t next = left ^ (mix64(key + round, right) & mask);
      left = right;
      right = next;
    }
    place = left << half | right;
  } while (place >= n);
  return place;
}

Fates::Fates(Profile profile, std::uint64_t seed, std::uint64_t items)
    : profile_(std::move(profile)), seed_(seed), items_(items) {
  if (items == 0) throw std::invalid_argument("items must be at least 1");
  std::uint64_t share = 0;
  for (const FaultShare& fault : profile_.faults) {
    share += fault.parts_per_million;
    upto_.push_back((items * share + kMillion / 2) / kMillion);
  }
  if (share > kMillion) throw std::invalid_argument("the shares of faults exceed 1,000,000 parts per million");
}

Fate Fates::of(std::uint64_t item, std::uint32_t attempt) const noexcept {
  if (item >= items_) return {Fault::status, 404, 0, {}};
  const auto rank = [&](Draw draw) { return permuted(key_of(seed_, attempt, draw), items_, item); };
  Fate fate;
  fate.delay = profile_.delay.kind == DelayKind::none ? std::chrono::nanoseconds(0)
                                                      : delay_at(profile_.delay, rank(kDelayDraw), items_);
  fate.bytes = static_cast<std::uint32_t>(
      profile_.bytes_low == profile_.bytes_high
          ? profile_.bytes_low
          : stratum(profile_.bytes_low, std::uint64_t{profile_.bytes_high} + 1, rank(kBytesDraw), items_));
  if (upto_.empty() || upto_.back() == 0) return fate;
  const std::uint64_t place = rank(kFaultDraw);
  const auto share = std::upper_bound(upto_.begin(), upto_.end(), place);
  if (share == upto_.end()) return fate;
  const FaultShare& drawn = profile_.faults[static_cast<std::size_t>(share - upto_.begin())];
  fate.fault = drawn.fault;
  if (drawn.fault == Fault::status) fate.status = drawn.status;
  return fate;
}

Outcome expected_outcome(const Fate& fate, std::chrono::nanoseconds limit) noexcept {
  if (fate.fault == Fault::hang) return Outcome::timeout;
  if (limit.count() > 0 && fate.delay >= limit) return Outcome::timeout;
  switch (fate.fault) {
    case Fault::none:
    case Fault::status: return outcome_of_status(fate.status);
    case Fault::reset:
    case Fault::reset_body: return Outcome::reset;
    case Fault::truncate:
    case Fault::empty: return Outcome::truncated;
    case Fault::malformed: return Outcome::malformed;
    case Fault::hang: break;
  }
  return Outcome::timeout;
}

std::chrono::nanoseconds expected_hold(const Fate& fate, std::chrono::nanoseconds limit) noexcept {
  if (fate.fault == Fault::hang) return limit;
  return limit.count() > 0 ? std::min(fate.delay, limit) : fate.delay;
}

std::uint64_t fingerprint_of(std::uint64_t item, std::uint32_t attempt, const Fate& fate) noexcept {
  const std::uint64_t kind = static_cast<std::uint64_t>(fate.fault) << 16 | fate.status;
  return mix64(mix64(item, attempt), mix64(kind, fate.bytes));
}

}  // namespace interleave
