// The pure parts of the workloads: oracles, ideals, parameters and what they refuse.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "workloads/all.hpp"

namespace interleave {
namespace {

using namespace std::chrono_literals;

Load load_of(const Profile& profile, std::uint32_t items, std::uint32_t in_flight, Settings parameters = {}) {
  Load load;
  load.profile = profile;
  load.items = items;
  load.in_flight = in_flight;
  load.parameters = std::move(parameters);
  return load;
}

Profile fixed(std::chrono::microseconds delay) {
  Profile profile;
  if (delay.count() > 0) profile.delay = {DelayKind::fixed, delay, delay, 0};
  return profile;
}

template <class W>
std::string refusal(const Load& load) {
  try {
    const typename W::PreparedLoad prepared(load);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Squares, FormulaIsTheSum) {
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{17}, std::uint64_t{4294967295}}) {
    for (std::uint64_t count = 0; count < 200; ++count) {
      std::uint64_t sum = 0;
      for (std::uint64_t i = first; i < first + count; ++i) sum += i * i;
      ASSERT_EQ(sum_of_squares(first, count), sum) << first << "+" << count;
      ASSERT_EQ(sum_of_squares_by_formula(first, count), sum) << first << "+" << count;
    }
  }
  EXPECT_EQ(sum_of_squares_by_formula(5, 3'000'000), sum_of_squares(5, 3'000'000));
  EXPECT_EQ(sum_of_squares_by_formula(0, 11), 385U);
}

TEST(Download, IdealIsTheListScheduleOfItsHolds) {
  EXPECT_EQ(Download::ideal(DownloadLoad(load_of(fixed(10ms), 100, 10))), 100ms);
  Load hanging = load_of(fixed(10ms), 10, 1);
  hanging.profile.faults = {{Fault::hang, 200, 500'000}};
  hanging.timeout = 1s;
  EXPECT_EQ(Download::ideal(DownloadLoad(hanging)), 5 * 10ms + 5 * 1s);
}

TEST(Download, ExpectsTheBodyToTheByte) {
  const DownloadLoad load(load_of(profile_named("error"), 1000, 1));
  std::uint32_t ok = 0;
  for (std::uint32_t item = 0; item < 1000; ++item) {
    const Fate fate = load.fates.of(item);
    Reply reply;
    reply.status = fate.status;
    reply.outcome = expected_outcome(fate, load.timeout);
    reply.digest = body_digest(item, fate.bytes);
    ASSERT_EQ(Download::result(item, reply).digest, Download::expected(load, item).digest) << item;
    if (reply.outcome != Outcome::ok) continue;
    ++ok;
    reply.digest ^= 1;
    ASSERT_NE(Download::result(item, reply).digest, Download::expected(load, item).digest) << item;
    ASSERT_NE(Download::result(item + 1, reply).digest, Download::expected(load, item).digest) << item;
  }
  EXPECT_EQ(ok, 750U);
}

TEST(Download, RefusesToWaitForEver) {
  Load load = load_of(profile_named("error"), 1000, 1);
  load.timeout = 0us;
  EXPECT_NE(refusal<Download>(load).find("timeout"), std::string::npos);
  load.profile = profile_named("delay");
  EXPECT_EQ(refusal<Download>(load), "");
}

TEST(SleepMany, NapsAreWithinTheirRangeAndOnTheirGrid) {
  const SleepManyLoad load(load_of({}, 1000, 1, {{"least", "1ms"}, {"most", "3ms"}}));
  nanoseconds sum{0};
  for (const nanoseconds nap : load.naps) {
    ASSERT_GE(nap, 1ms);
    ASSERT_LE(nap, 3ms);
    sum += nap;
  }
  EXPECT_NEAR(static_cast<double>(sum.count()), 2e9, 1e6);
  const SleepManyLoad grid(load_of({}, 1000, 1, {{"least", "1ms"}, {"most", "3ms"}, {"grid", "2ms"}}));
  for (const nanoseconds nap : grid.naps) ASSERT_TRUE(nap == 2ms || nap == 4ms);
  EXPECT_NE(refusal<SleepMany>(load_of({}, 1, 1, {{"least", "5ms"}, {"most", "1ms"}})), "");
}

TEST(SleepMany, IdealIsTheListScheduleOrTheLastDueTimeOfTheGrid) {
  const Settings equal{{"least", "2ms"}, {"most", "2ms"}};
  EXPECT_EQ(SleepMany::ideal(SleepManyLoad(load_of({}, 100, 10, equal))), 20ms);
  const SleepManyLoad grid(load_of({}, 100, 1, {{"least", "1ms"}, {"most", "9ms"}, {"grid", "5ms"}}));
  EXPECT_EQ(SleepMany::ideal(grid), 10ms);
}

TEST(SleepMany, AnEarlyWakeIsWrong) {
  EXPECT_EQ(SleepMany::result(1, now_ns() + 1'000'000'000).outcome, Outcome::truncated);
  EXPECT_EQ(SleepMany::result(1, now_ns() - 1).outcome, Outcome::ok);
}

TEST(Compute, RefusesNoGrain) {
  EXPECT_NE(refusal<Compute>(load_of({}, 1, 1, {{"grain", "0"}})), "");
  EXPECT_EQ(refusal<Compute>(load_of({}, 1, 1, {{"grain", "1"}})), "");
}

TEST(DownloadCompute, ShareOfTheMeanItemIsWhatWasAsked) {
  for (const int share : {10, 50, 80}) {
    const DownloadComputeLoad load(load_of(profile_named("delay"), 1000, 1, {{"cpu_share", std::to_string(share)}}));
    const double work = static_cast<double>(load.grain) / 3000;  // microseconds at the nominal speed
    EXPECT_NEAR(100 * work / (work + 275'000), share, 0.01);     // the profile's mean delay is 275 ms
  }
}

TEST(DownloadCompute, TheEndsOfTheDial) {
  EXPECT_EQ(DownloadComputeLoad(load_of(profile_named("delay"), 10, 1, {{"cpu_share", "0"}})).grain, 0U);
  EXPECT_EQ(DownloadComputeLoad(load_of(profile_named("local"), 10, 1, {{"cpu_share", "0"}})).grain, 0U);
  EXPECT_EQ(DownloadComputeLoad(load_of(profile_named("local"), 10, 1, {{"cpu_share", "100"}, {"work", "2ms"}})).grain,
            6'000'000U);
  EXPECT_NE(refusal<DownloadCompute>(load_of(profile_named("local"), 10, 1, {{"cpu_share", "50"}})), "");
  EXPECT_NE(refusal<DownloadCompute>(load_of(profile_named("delay"), 10, 1, {{"cpu_share", "100"}})), "");
  EXPECT_NE(refusal<DownloadCompute>(load_of(profile_named("delay"), 10, 1, {{"cpu_share", "101"}})), "");
}

TEST(DownloadCompute, IdealIsTheGreaterOfWaitingAndComputing) {
  Load load = load_of(fixed(10ms), 100, 100, {{"cpu_share", "50"}});
  load.cores = 2;
  const DownloadComputeLoad prepared(load);
  const auto square = time_of_one_square();
  const double work = square.count() * static_cast<double>(prepared.grain);
  // A hundred lanes wait together, so the cores decide; one lane waits and works in turn. Calibration is noisy: wide
  // bounds.
  EXPECT_GT(static_cast<double>(DownloadCompute::ideal(prepared).count()), 10e6 + 0.2 * 50 * work);
  EXPECT_LT(static_cast<double>(DownloadCompute::ideal(prepared).count()), 10e6 + 5 * 50 * work);
  load.in_flight = 1;
  EXPECT_GT(static_cast<double>(DownloadCompute::ideal(DownloadComputeLoad(load)).count()), 1000e6 + 0.2 * 100 * work);
  load.parameters["cpu_share"] = "0";
  EXPECT_EQ(DownloadCompute::ideal(DownloadComputeLoad(load)), 1000ms);
}

TEST(DownloadCompute, OracleIsThatOfTheBodyByItself) {
  const DownloadComputeLoad load(
      load_of(profile_named("error"), 200, 1, {{"cpu_share", "1"}, {"squares_per_us", "1"}}));
  ASSERT_GT(load.grain, 0U);
  int worked = 0;
  for (std::uint32_t item = 0; item < 200; ++item) {
    const Fate fate = load.fates.of(item);
    Reply reply;
    reply.status = fate.status;
    reply.outcome = expected_outcome(fate, load.timeout);
    reply.digest = body_digest(item, fate.bytes);
    ItemResult result = Download::result(item, reply);
    if (DownloadCompute::has_work(load, result)) {
      result = DownloadCompute::result(result, DownloadCompute::work(load, result)());
      ++worked;
    }
    ASSERT_EQ(result.digest, DownloadCompute::expected(load, item).digest) << item;
  }
  EXPECT_EQ(worked, 150);
}

}  // namespace
}  // namespace interleave
