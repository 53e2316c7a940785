// Permutations, quotas and quantiles.
// SPDX-License-Identifier: Apache-2.0
#include "harness/http/fate.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "harness/numbers/mix.hpp"
#include "harness/numbers/normal_quantile.hpp"

namespace interleave {
namespace {

__extension__ using Wide = unsigned __int128;
constexpr std::uint64_t kMillion = 1'000'000;
enum Draw : std::uint64_t { kFaultDraw = 1, kDelayDraw = 2, kBytesDraw = 3, kRateDraw = 4 };

std::uint64_t key_of(std::uint64_t seed, std::uint32_t attempt, Draw draw) noexcept {
  return mix64(mix64(seed, attempt), draw);
}

// low + (high - low) * (2 rank + 1) / (2 n): the middle of the rank's stratum, in integers.
std::uint64_t stratum(std::uint64_t low, std::uint64_t high, std::uint64_t rank, std::uint64_t n) noexcept {
  return low + static_cast<std::uint64_t>(static_cast<Wide>(high - low) * (2 * rank + 1) / (2 * n));
}

// Whole microseconds, so that the last bit of exp() or pow() cannot differ between two libraries.
std::chrono::nanoseconds capped(double micros, std::chrono::microseconds cap) noexcept {
  const auto whole = static_cast<std::int64_t>(std::llround(std::min(micros, 1e12)));
  return std::chrono::microseconds(std::min<std::int64_t>(whole, cap.count()));
}

std::chrono::nanoseconds delay_at(const Delay& delay, std::uint64_t rank, std::uint64_t n) noexcept {
  using std::chrono::nanoseconds;
  const auto low = static_cast<std::uint64_t>(nanoseconds(delay.low).count());
  const auto high = static_cast<std::uint64_t>(nanoseconds(delay.high).count());
  const auto low_micros = static_cast<double>(delay.low.count());
  switch (delay.kind) {
    case DelayKind::none: break;
    case DelayKind::fixed: return delay.low;
    case DelayKind::uniform: return nanoseconds(stratum(low, high, rank, n));
    case DelayKind::lognormal: return capped(low_micros * std::exp(delay.sigma * normal_quantile(rank, n)), delay.high);
    case DelayKind::bimodal: {
      const auto long_ones = static_cast<std::uint64_t>(std::llround(delay.shape * static_cast<double>(n)));
      return rank < long_ones ? delay.high : delay.low;
    }
    case DelayKind::pareto: {
      const double above = (2.0 * static_cast<double>(n - 1 - rank) + 1.0) / (2.0 * static_cast<double>(n));
      return capped(low_micros * std::pow(above, -1.0 / delay.shape), delay.high);
    }
    case DelayKind::trace: return delay.trace[stratum(0, delay.trace.size(), rank, n)];
  }
  return nanoseconds(0);
}

// Replies with these statuses have no body (RFC 9110, 6.4.1).
bool has_body(std::uint16_t status) noexcept { return status != 204 && status != 304; }

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
  refuse_excess(profile_);
  std::uint64_t share = 0;
  for (const FaultShare& fault : profile_.faults) {
    share += fault.parts_per_million;
    upto_.push_back((items * share + kMillion / 2) / kMillion);
  }
  if (share > kMillion) throw std::invalid_argument("the shares of faults exceed 1,000,000 parts per million");
}

Fate Fates::of(std::uint64_t item, std::uint32_t attempt) const noexcept {
  if (item >= items_) return {.fault = Fault::status, .status = 404};
  const auto rank = [&](Draw draw) { return permuted(key_of(seed_, attempt, draw), items_, item); };
  Fate fate;
  fate.delay = profile_.delay.kind == DelayKind::none ? std::chrono::nanoseconds(0)
                                                      : delay_at(profile_.delay, rank(kDelayDraw), items_);
  fate.bytes = static_cast<std::uint32_t>(
      profile_.bytes_low == profile_.bytes_high
          ? profile_.bytes_low
          : stratum(profile_.bytes_low, std::uint64_t{profile_.bytes_high} + 1, rank(kBytesDraw), items_));
  if (!upto_.empty() && upto_.back() != 0) {
    const auto share = std::upper_bound(upto_.begin(), upto_.end(), rank(kFaultDraw));
    if (share != upto_.end()) {
      const FaultShare& drawn = profile_.faults[static_cast<std::size_t>(share - upto_.begin())];
      fate.fault = drawn.fault;
      if (drawn.fault == Fault::status) fate.status = drawn.status;
      if (!has_body(fate.status)) fate.bytes = 0;
    }
  }
  if (profile_.rate_high != 0 && (fate.fault == Fault::none || fate.fault == Fault::status)) {
    fate.bytes_per_second = static_cast<std::uint32_t>(
        stratum(profile_.rate_low, std::uint64_t{profile_.rate_high} + 1, rank(kRateDraw), items_));
  }
  return fate;
}

namespace {

bool never_ends(Fault fault) noexcept { return traits_of(fault).outcome == Outcome::timeout; }

}  // namespace

Outcome expected_outcome(const Fate& fate, std::chrono::nanoseconds limit) noexcept {
  if (never_ends(fate.fault)) return Outcome::timeout;
  if (limit.count() > 0 && fate.delay + body_time(fate) >= limit) return Outcome::timeout;
  return traits_of(fate.fault).outcome.value_or(outcome_of_status(fate.status));
}

std::chrono::nanoseconds body_time(const Fate& fate) noexcept {
  if (fate.bytes_per_second == 0) return std::chrono::nanoseconds(0);
  return std::chrono::nanoseconds(std::uint64_t{fate.bytes} * 1'000'000'000 / fate.bytes_per_second);
}

std::chrono::nanoseconds expected_hold(const Fate& fate, std::chrono::nanoseconds limit) noexcept {
  if (never_ends(fate.fault)) return limit;
  const auto hold = fate.delay + body_time(fate);
  return limit.count() > 0 ? std::min(hold, limit) : hold;
}

std::uint64_t fingerprint_of(std::uint64_t item, std::uint32_t attempt, const Fate& fate) noexcept {
  const std::uint64_t kind = static_cast<std::uint64_t>(fate.fault) << 16 | fate.status;
  return mix64(mix64(item, attempt), mix64(kind, fate.bytes));
}

}  // namespace interleave
