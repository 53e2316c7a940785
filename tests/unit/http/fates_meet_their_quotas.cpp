// Fates: exact counts of every fault, the same multiset of delays and sizes for every seed, and what a client must
// report. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "harness/http/fate.hpp"

namespace interleave {
namespace {

using namespace std::chrono_literals;
using Kind = std::pair<Fault, std::uint16_t>;

std::map<Kind, std::uint64_t> counts(const Fates& fates) {
  std::map<Kind, std::uint64_t> count;
  for (std::uint64_t item = 0; item < fates.items(); ++item) {
    const Fate fate = fates.of(item);
    ++count[{fate.fault, fate.status}];
  }
  return count;
}

TEST(Fates, QuotasAreExactForEverySeed) {
  for (const std::uint64_t seed : {1U, 2U, 77U}) {
    const auto count = counts(Fates(profile_named("error"), seed, 10'000));
    EXPECT_EQ(count.at({Fault::status, 418}), 1200U);
    EXPECT_EQ(count.at({Fault::status, 404}), 400U);
    EXPECT_EQ(count.at({Fault::status, 500}), 300U);
    EXPECT_EQ(count.at({Fault::status, 503}), 300U);
    EXPECT_EQ(count.at({Fault::status, 429}), 200U);
    EXPECT_EQ(count.at({Fault::hang, 200}), 100U);
    EXPECT_EQ(count.at({Fault::none, 200}), 7500U);
  }
}

TEST(Fates, SharesThatDoNotDivideEvenlyAddUpWithoutDrift) {
  Profile profile;
  for (std::uint16_t status = 500; status < 510; ++status) profile.faults.push_back({Fault::status, status, 33'333});
  std::uint64_t faults = 0;
  for (const auto& [kind, count] : counts(Fates(profile, 3, 997))) faults += kind.first == Fault::status ? count : 0;
  EXPECT_NEAR(static_cast<double>(faults), 997 * 0.33333, 1.0);
}

std::vector<std::int64_t> sorted_delays(const Profile& profile, std::uint64_t seed, std::uint64_t items) {
  const Fates fates(profile, seed, items);
  std::vector<std::int64_t> delays;
  for (std::uint64_t item = 0; item < items; ++item) delays.push_back(fates.of(item).delay.count());
  std::sort(delays.begin(), delays.end());
  return delays;
}

TEST(Fates, TheMultisetOfDelaysDoesNotDependOnTheSeed) {
  for (const char* const name : {"delay", "remote", "burst"}) {
    EXPECT_EQ(sorted_delays(profile_named(name), 1, 1000), sorted_delays(profile_named(name), 2, 1000)) << name;
  }
  const auto uniform = sorted_delays(profile_named("delay"), 9, 1000);
  EXPECT_EQ(uniform.front(), 50'225'000);  // the middles of a thousand strata of 0.45 ms from 50 to 500 ms
  EXPECT_EQ(uniform.back(), 499'775'000);
}

TEST(Fates, LognormalDelaysHaveTheirMedianAndCap) {
  const auto delays = sorted_delays(profile_named("remote"), 1, 1001);
  EXPECT_EQ(delays[500], 80'000'000);
  Profile capped = profile_named("remote");
  capped.delay.high = 100ms;
  EXPECT_EQ(sorted_delays(capped, 1, 1001).back(), 100'000'000);
}

TEST(Fates, SeedsAndAttemptsReorder) {
  const Profile profile = profile_named("error");
  const Fates one(profile, 1, 1000), other(profile, 2, 1000);
  int moved = 0, redrawn = 0;
  for (std::uint64_t item = 0; item < 1000; ++item) {
    moved += one.of(item).delay != other.of(item).delay ? 1 : 0;
    redrawn += one.of(item).delay != one.of(item, 1).delay ? 1 : 0;
  }
  EXPECT_GT(moved, 900);
  EXPECT_GT(redrawn, 900);
}

TEST(Fates, SizesStayInTheirRange) {
  const Fates fates(profile_named("local"), 4, 5000);
  for (std::uint64_t item = 0; item < 5000; ++item) {
    ASSERT_GE(fates.of(item).bytes, 1024U);
    ASSERT_LE(fates.of(item).bytes, 4096U);
  }
}

TEST(Fates, AnUnknownItemIsNotFoundAtOnce) {
  const Fate fate = Fates(profile_named("delay"), 1, 10).of(10);
  EXPECT_EQ(fate.fault, Fault::status);
  EXPECT_EQ(fate.status, 404);
  EXPECT_EQ(fate.delay, 0ns);
}

TEST(Fates, RefuseWhatCannotBeDealt) {
  EXPECT_THROW(Fates(profile_named("local"), 1, 0), std::invalid_argument);
  Profile profile;
  profile.faults = {{Fault::hang, 200, 600'000}, {Fault::reset, 200, 400'001}};
  EXPECT_THROW(Fates(profile, 1, 10), std::invalid_argument);
}

TEST(ExpectedOutcome, FollowsFaultStatusAndLimit) {
  const auto outcome = [](Fault fault, std::uint16_t status = 200) {
    return expected_outcome({.fault = fault, .status = status, .bytes = 100, .delay = 10ms}, 1s);
  };
  EXPECT_EQ(outcome(Fault::none), Outcome::ok);
  EXPECT_EQ(outcome(Fault::status, 418), Outcome::http_error);
  EXPECT_EQ(outcome(Fault::status, 404), Outcome::not_found);
  EXPECT_EQ(outcome(Fault::hang), Outcome::timeout);
  EXPECT_EQ(outcome(Fault::reset), Outcome::reset);
  EXPECT_EQ(outcome(Fault::reset_body), Outcome::reset);
  EXPECT_EQ(outcome(Fault::truncate), Outcome::truncated);
  EXPECT_EQ(outcome(Fault::empty), Outcome::truncated);
  EXPECT_EQ(outcome(Fault::malformed), Outcome::malformed);
  EXPECT_EQ(expected_outcome({.fault = Fault::none, .status = 200, .bytes = 1, .delay = 10ms}, 10ms), Outcome::timeout);
  EXPECT_EQ(expected_outcome({.fault = Fault::none, .status = 200, .bytes = 1, .delay = 10ms}, 0ms), Outcome::ok);
}

TEST(ExpectedHold, IsTheDelayOrTheLimit) {
  EXPECT_EQ(expected_hold({.fault = Fault::none, .status = 200, .bytes = 1, .delay = 10ms}, 1s), 10ms);
  EXPECT_EQ(expected_hold({.fault = Fault::none, .status = 200, .bytes = 1, .delay = 10s}, 1s), 1s);
  EXPECT_EQ(expected_hold({.fault = Fault::hang, .status = 200, .bytes = 1, .delay = 10ms}, 1s), 1s);
  EXPECT_EQ(expected_hold({.fault = Fault::none, .status = 200, .bytes = 1, .delay = 10s}, 0s), 10s);
}

TEST(Fingerprint, SeesItemAttemptKindAndSize) {
  const Fate fate{.fault = Fault::none, .status = 200, .bytes = 100, .delay = 0ns};
  const std::uint64_t print = fingerprint_of(1, 0, fate);
  EXPECT_NE(print, fingerprint_of(2, 0, fate));
  EXPECT_NE(print, fingerprint_of(1, 1, fate));
  EXPECT_NE(print, fingerprint_of(1, 0, {.fault = Fault::none, .status = 404, .bytes = 100, .delay = 0ns}));
  EXPECT_NE(print, fingerprint_of(1, 0, {.fault = Fault::hang, .status = 200, .bytes = 100, .delay = 0ns}));
  EXPECT_NE(print, fingerprint_of(1, 0, {.fault = Fault::none, .status = 200, .bytes = 101, .delay = 0ns}));
}

}  // namespace
}  // namespace interleave
