// The pure parts of the workloads: oracles, ideals, parameters and what they refuse.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/worker/loads_for_specs.hpp"
#include "workloads/all_bodies.hpp"

namespace interleave {
namespace {

using namespace std::chrono_literals;

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
  EXPECT_EQ(DownloadSpec(load_of(fixed(10ms), 100, 10)).ideal(), 100ms);
  Load hanging = load_of(fixed(10ms), 10, 1);
  hanging.profile.faults = {{Fault::hang, 200, 500'000}};
  hanging.timeout = 1s;
  EXPECT_EQ(DownloadSpec(hanging).ideal(), 5 * 10ms + 5 * 1s);
}

TEST(Download, ExpectsTheBodyToTheByte) {
  const DownloadSpec spec(load_of(profile_named("error"), 1000, 1));
  std::uint32_t ok = 0;
  for (std::uint32_t item = 0; item < 1000; ++item) {
    const Fate fate = spec.fate(item);
    Reply reply;
    reply.status = fate.status;
    reply.outcome = expected_outcome(fate, Load().timeout);
    reply.digest = body_digest(item, fate.bytes);
    ASSERT_EQ(fetch_result(item, reply).digest, spec.expected(item).digest) << item;
    if (reply.outcome != Outcome::ok) continue;
    ++ok;
    reply.digest ^= 1;
    ASSERT_NE(fetch_result(item, reply).digest, spec.expected(item).digest) << item;
    ASSERT_NE(fetch_result(item + 1, reply).digest, spec.expected(item).digest) << item;
  }
  EXPECT_EQ(ok, 750U);
}

TEST(Download, RefusesToWaitForEver) {
  Load load = load_of(profile_named("error"), 1000, 1);
  load.timeout = 0us;
  EXPECT_NE(refusal<DownloadSpec>(load).find("timeout"), std::string::npos);
  load.profile = profile_named("delay");
  EXPECT_EQ(refusal<DownloadSpec>(load), "");
}

TEST(Download, RefusesALimitThatTheDelaysReach) {
  Load load = load_of(fixed(100ms), 10, 1);
  load.timeout = 100ms;
  EXPECT_NE(refusal<DownloadSpec>(load).find("limit"), std::string::npos) << "whether a reply is in time would be luck";
  load.timeout = 105ms;
  EXPECT_NE(refusal<DownloadSpec>(load), "");
  load.timeout = 50ms;
  EXPECT_NE(refusal<DownloadSpec>(load), "") << "every reply comes too late";
  load.timeout = 120ms;
  EXPECT_EQ(refusal<DownloadSpec>(load), "");
}

TEST(SleepMany, NapsAreWithinTheirRangeAndOnTheirGrid) {
  const SleepManySpec spec(load_of({}, 1000, 1, {{"least", "1ms"}, {"most", "3ms"}}));
  nanoseconds sum{0};
  for (std::uint32_t item = 0; item < 1000; ++item) {
    const nanoseconds nap(spec.input(item).wait_ns);
    ASSERT_GE(nap, 1ms);
    ASSERT_LE(nap, 3ms);
    ASSERT_EQ(spec.expected(item).least_ns, nap.count());
    sum += nap;
  }
  EXPECT_NEAR(static_cast<double>(sum.count()), 2e9, 1e6);
  const SleepManySpec grid(load_of({}, 1000, 1, {{"least", "1ms"}, {"most", "3ms"}, {"grid", "2ms"}}));
  for (std::uint32_t item = 0; item < 1000; ++item) {
    const ItemInput input = grid.input(item);
    ASSERT_TRUE(input.wait_ns == 2'000'000 || input.wait_ns == 4'000'000);
    ASSERT_EQ(input.flags, kFromRunStart);
    ASSERT_EQ(grid.expected(item).not_before_ns, input.wait_ns);
  }
  EXPECT_NE(refusal<SleepManySpec>(load_of({}, 1, 1, {{"least", "5ms"}, {"most", "1ms"}})), "");
}

TEST(SleepMany, IdealIsTheListScheduleOrTheLastDueTimeOfTheGrid) {
  const Settings equal{{"least", "2ms"}, {"most", "2ms"}};
  EXPECT_EQ(SleepManySpec(load_of({}, 100, 10, equal)).ideal(), 20ms);
  EXPECT_EQ(SleepManySpec(load_of({}, 100, 1, {{"least", "1ms"}, {"most", "9ms"}, {"grid", "5ms"}})).ideal(), 10ms);
}

TEST(SleepMany, NapsThatAreGivenComeInTurns) {
  const Settings given{{"naps", "1ms,2ms,3ms"}};
  const SleepManySpec spec(load_of({}, 7, 1, given));
  for (std::uint32_t item = 0; item < 7; ++item) EXPECT_EQ(spec.input(item).wait_ns, (1 + item % 3) * 1'000'000);
  EXPECT_EQ(SleepManySpec(load_of({}, 3, 1, given)).ideal(), 6ms);
  EXPECT_EQ(SleepManySpec(load_of({}, 3, 3, given)).ideal(), 3ms);
  EXPECT_EQ(SleepManySpec(load_of({}, 2, 1, given)).ideal(), 3ms) << "fewer items than naps";
  EXPECT_EQ(SleepManySpec(load_of({}, 3, 1, {{"naps", "1ms"}})).ideal(), 3ms);
}

TEST(SleepMany, RefusesNapsThatAreNoneAndThoseThatAreSaidTwice) {
  for (const char* const bad : {"", "1ms,", ",1ms", "1ms,,2ms", "1", "x"}) {
    EXPECT_NE(refusal<SleepManySpec>(load_of({}, 3, 1, {{"naps", bad}})).find("naps"), std::string::npos) << bad;
  }
  EXPECT_NE(refusal<SleepManySpec>(load_of({}, 3, 1, {{"naps", "1ms"}, {"most", "2ms"}})), "");
}

TEST(SleepMany, AnEarlyWakeIsWrong) {
  EXPECT_EQ(nap_result(1, now_ns() + 1'000'000'000).outcome, Outcome::truncated);
  EXPECT_EQ(nap_result(1, now_ns() - 1).outcome, Outcome::ok);
}

TEST(Compute, BodyAndOracleAgreeAndNoTwoItemsBeginAlike) {
  const Load load = load_of({}, 100, 1, {{"grain", "123"}});
  const ComputeSpec spec(load);
  std::vector<ItemInput> inputs;
  for (std::uint32_t item = 0; item < 100; ++item) inputs.push_back(spec.input(item));
  Load run = load;
  run.inputs = inputs;
  std::set<std::uint32_t> begins;
  for (std::uint32_t item = 0; item < 100; ++item) {
    ASSERT_EQ(add_up_squares(run, item).digest, spec.expected(item).digest);
    begins.insert(inputs[item].argument);
  }
  EXPECT_EQ(begins.size(), 100U);
}

TEST(Compute, RefusesNoGrain) {
  EXPECT_NE(refusal<ComputeSpec>(load_of({}, 1, 1, {{"grain", "0"}})), "");
  EXPECT_EQ(refusal<ComputeSpec>(load_of({}, 1, 1, {{"grain", "1"}})), "");
}

// Plays a board by hand, every move by the sum itself and in its order.
std::uint64_t squares_of(const Load& load) { return DownloadComputeSpec(load).input(0).work; }

TEST(DownloadCompute, ShareOfTheMeanItemIsWhatWasAsked) {
  for (const int share : {10, 50, 80}) {
    const Load load = load_of(profile_named("delay"), 1000, 1, {{"cpu_share", std::to_string(share)}});
    const double work = static_cast<double>(squares_of(load)) / 3000;  // microseconds at the nominal speed
    EXPECT_NEAR(100 * work / (work + 275'000), share, 0.01);           // the profile's mean delay is 275 ms
  }
}

TEST(DownloadCompute, TheEndsOfTheDial) {
  EXPECT_EQ(squares_of(load_of(profile_named("delay"), 10, 1, {{"cpu_share", "0"}})), 0U);
  EXPECT_EQ(squares_of(load_of(profile_named("local"), 10, 1, {{"cpu_share", "0"}})), 0U);
  EXPECT_EQ(squares_of(load_of(profile_named("local"), 10, 1)), 0U)
      << "without delays there is nothing it could be a share of";
  EXPECT_EQ(squares_of(load_of(profile_named("local"), 10, 1, {{"cpu_share", "100"}, {"work", "2ms"}})), 6'000'000U);
  EXPECT_NE(refusal<DownloadComputeSpec>(load_of(profile_named("local"), 10, 1, {{"cpu_share", "50"}})), "");
  EXPECT_NE(refusal<DownloadComputeSpec>(load_of(profile_named("delay"), 10, 1, {{"cpu_share", "100"}})), "");
  EXPECT_NE(refusal<DownloadComputeSpec>(load_of(profile_named("delay"), 10, 1, {{"cpu_share", "101"}})), "");
}

TEST(DownloadCompute, IdealIsTheGreaterOfWaitingAndComputing) {
  Load load = load_of(fixed(10ms), 100, 100, {{"cpu_share", "50"}});
  load.cores = 2;
  const double work = time_of_one_square().count() * static_cast<double>(squares_of(load));
  const auto ideal = [&] { return static_cast<double>(DownloadComputeSpec(load).ideal().count()); };
  // A hundred lanes wait together, so the cores decide; one lane waits and works in turn. Calibration is noisy: wide
  // bounds.
  EXPECT_GT(ideal(), 10e6 + 0.2 * 50 * work);
  EXPECT_LT(ideal(), 10e6 + 5 * 50 * work);
  load.in_flight = 1;
  EXPECT_GT(ideal(), 1000e6 + 0.2 * 100 * work);
  load.parameters["cpu_share"] = "0";
  EXPECT_EQ(ideal(), 1e9);
}

TEST(DownloadCompute, OracleIsThatOfTheBodyByItself) {
  const Load load = load_of(profile_named("error"), 200, 1, {{"cpu_share", "1"}, {"squares_per_us", "1"}});
  const DownloadComputeSpec spec(load);
  const Fates fates(load.profile, load.seed, load.items);
  ASSERT_GT(squares_of(load), 0U);
  int worked = 0;
  for (std::uint32_t item = 0; item < 200; ++item) {
    const Fate fate = fates.of(item);
    Reply reply;
    reply.status = fate.status;
    reply.outcome = expected_outcome(fate, load.timeout);
    reply.digest = body_digest(item, fate.bytes);
    ItemResult result = fetch_result(item, reply);
    if (has_work(spec.input(item), result)) {
      result = worked_on(result, work_on(spec.input(item), result)());
      ++worked;
    }
    ASSERT_EQ(result.digest, spec.expected(item).digest) << item;
  }
  EXPECT_EQ(worked, 150);
}

}  // namespace
}  // namespace interleave
