// The pure parts of the workloads: oracles, ideals, parameters and what they refuse.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "workloads/all_bodies.hpp"

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
  if (delay.count() > 0) profile.delay = {.kind = DelayKind::fixed, .low = delay, .high = delay};
  return profile;
}

template <Spec S>
std::string refusal(const Load& load) {
  try {
    const S spec(load);
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
TEST(Exhibition, APositionIsThatAfterEveryMoveInItsOrder) {
  const Load load = load_of({}, 24, 24, {{"pairs", "5"}, {"scale", "1000000"}, {"squares_per_us", "7"}});
  const ExhibitionSpec spec(load);
  std::set<std::uint64_t> ends;
  for (std::uint32_t item = 0; item < 24; ++item) {
    const ItemInput input = spec.input(item);
    EXPECT_EQ(input.work, 35U) << "5 us of 7 squares";
    EXPECT_EQ(input.wait_ns, 55'000);
    EXPECT_EQ(input.argument & 4095, 5U);
    std::uint64_t position = mix64(item, input.argument);
    for (int pair = 0; pair < 5; ++pair) position = mix64(position, sum_of_squares(position >> 32, 35));
    EXPECT_EQ(spec.expected(item).digest, position);
    EXPECT_EQ(spec.expected(item).least_ns, 5 * 55'000);
    ends.insert(position);
  }
  EXPECT_EQ(ends.size(), 24U);
}

TEST(Exhibition, AGameIsItsMovesAndAnEarlyReplyIsWrong) {
  Load load = load_of({}, 1, 1, {{"pairs", "3"}, {"scale", "1000000"}});
  const ExhibitionSpec spec(load);
  std::vector<ItemInput> inputs{spec.input(0)};
  load.inputs = inputs;
  Game game(load, 0);
  while (!game.is_over()) {
    const nanoseconds reply = game.move();
    const std::int64_t due = now_ns() + reply.count();
    while (now_ns() < due) {
    }
    game.take_reply();
  }
  EXPECT_EQ(game.result().outcome, Outcome::ok);
  EXPECT_EQ(game.result().digest, spec.expected(0).digest);
  inputs[0].wait_ns = 3'600'000'000'000;
  Game hasty(load, 0);
  while (!hasty.is_over()) {
    hasty.move();
    hasty.take_reply();
  }
  EXPECT_EQ(hasty.result().outcome, Outcome::truncated);
}

TEST(Exhibition, GoingRoundIsTwelveTimesAsFast) {
  // Calibration is noisy, and squares are not what they are called: only what follows from the waits is exact.
  Load load = load_of({}, 24, 1, {{"pairs", "30"}, {"scale", "1000000"}, {"squares_per_us", "1"}});
  const double alone = static_cast<double>(ExhibitionSpec(load).ideal().count());
  EXPECT_GE(alone, 24 * 30 * 55e3);
  load.in_flight = 24;
  const double round = static_cast<double>(ExhibitionSpec(load).ideal().count());
  EXPECT_GE(round, 30 * 55e3);
  EXPECT_LT(round, alone / 20) << "moves that take no time: the replies alone are left";
  load.parameters["squares_per_us"] = "1000000";  // moves that take all of it
  const double moves = static_cast<double>(ExhibitionSpec(load).ideal().count());
  load.in_flight = 1;
  EXPECT_LT(static_cast<double>(ExhibitionSpec(load).ideal().count()), 2 * moves) << "nothing is gained on one core";
}

TEST(Exhibition, RefusesWhatIsNoGame) {
  for (const auto& [name, value] : Settings{{"pairs", "0"}, {"scale", "0"}, {"squares_per_us", "x"}}) {
    EXPECT_NE(refusal<ExhibitionSpec>(load_of({}, 1, 1, {{name, value}})).find(name), std::string::npos);
  }
  EXPECT_NE(refusal<ExhibitionSpec>(load_of({}, 1, 1, {{"pairs", "4096"}})), "");
}

TEST(Primes, EachNumberHasTheLeastFactorThatItWasMadeWith) {
  for (const std::uint64_t scale : {1'000'000'000'000ULL, 100'000'000'000ULL, 10'000'000'000ULL}) {
    for (std::uint32_t item = 0; item < 400; ++item) {
      const KnownNumber known = known_number(3, item, scale);
      std::uint64_t factor = 2;
      while (known.number % factor != 0) ++factor;
      ASSERT_EQ(factor, known.least_factor) << known.number;
      ASSERT_EQ(least_factor(known.number), factor);
    }
  }
}

TEST(Primes, MillerRabinAgreesWithDivision) {
  for (std::uint64_t number = 2; number < 20'000; ++number) {
    ASSERT_EQ(is_prime_by_miller_rabin(number), least_factor(number) == number) << number;
  }
  EXPECT_FALSE(is_prime_by_miller_rabin(0) || is_prime_by_miller_rabin(1));
  EXPECT_FALSE(is_prime_by_miller_rabin(3'215'031'751)) << "passes with 2, 3, 5 and 7";
  EXPECT_TRUE(is_prime_by_miller_rabin(18'446'744'073'709'551'557U)) << "the largest below 2^64";
}

TEST(Primes, TheFirstTwentyAreThoseOfTheLiterature) {
  const PrimesSpec spec(load_of({}, 20, 1, {{"digits", "16"}}));
  for (std::uint32_t item = 0; item < 20; ++item) EXPECT_EQ(spec.input(item).work, kClassics[item].number);
}

TEST(Primes, IdealIsTheLongestTestOrAllOfThemSpreadEvenly) {
  const double step = time_of_one_division().count();
  const auto steps = [&](std::uint32_t items, std::uint32_t cores) {
    Load load = load_of({}, items, cores, {{"digits", "12"}});
    load.cores = cores;
    return static_cast<double>(PrimesSpec(load).ideal().count()) / step;
  };
  EXPECT_GT(steps(20, 1), 4.3e6 / 5) << "calibration is noisy: wide bounds";
  EXPECT_LT(steps(20, 1), 4.4e6 * 5);
  EXPECT_GT(steps(20, 20), 0.5e6 / 5) << "the largest prime alone, not a twentieth of all";
}

TEST(Primes, RefusesDigitsThatItHasNoNumbersOf) {
  for (const char* const bad : {"3", "17", "x"}) {
    EXPECT_NE(refusal<PrimesSpec>(load_of({}, 1, 1, {{"digits", bad}})).find("digits"), std::string::npos);
  }
}

TEST(Executors, ReadsAreAsManyAsAskedAndSumsAreDoneAsExpected) {
  for (const std::uint32_t reads : {0U, 30U, 100U}) {
    const ExecutorsSpec spec(load_of({}, 200, 1, {{"squares", "50"}, {"reads", std::to_string(reads)}}));
    std::uint32_t read = 0;
    for (std::uint32_t item = 0; item < 200; ++item) {
      const ItemInput input = spec.input(item);
      read += input.argument == 0 ? 1 : 0;
      ASSERT_EQ(delegated_result(item, delegated(input)()).digest, spec.expected(item).digest) << item;
    }
    EXPECT_EQ(read, 2 * reads);
  }
}

TEST(Executors, AReadThatIsNotMadeOrIsShortIsWrong) {
  const ExecutorsSpec spec(load_of({}, 1, 1, {{"reads", "100"}, {"read_bytes", "100"}}));
  for (const std::uint64_t came : {0U, 99U, 101U}) {
    EXPECT_NE(delegated_result(0, came).digest, spec.expected(0).digest) << came;
  }
  EXPECT_EQ(read_random(0, 0), 0U) << "what leaves the buffer blank is no read";
  EXPECT_EQ(read_random(0, 256), 256U);
}

TEST(Executors, IdealIsThatOfTheSums) {
  const auto ideal = [](const char* reads) {
    Load load = load_of({}, 100, 10, {{"squares", "1000"}, {"reads", reads}});
    load.cores = 2;
    return static_cast<double>(ExecutorsSpec(load).ideal().count());
  };
  EXPECT_EQ(ideal("100"), 0);
  EXPECT_GT(ideal("50"), 0.2 * 25 * 1000 * time_of_one_square().count()) << "calibration is noisy: wide bounds";
  EXPECT_LT(ideal("50"), 5 * 25 * 1000 * time_of_one_square().count());
  EXPECT_GT(ideal("99"), 0.2 * 1000 * time_of_one_square().count()) << "one sum is not spread";
}

TEST(Executors, RefusesWhatItCannotProve) {
  for (const auto& [name, value] : Settings{{"squares", "0"}, {"reads", "101"}, {"read_bytes", "15"}}) {
    EXPECT_NE(refusal<ExecutorsSpec>(load_of({}, 1, 1, {{name, value}})).find(name), std::string::npos);
  }
  EXPECT_NE(refusal<ExecutorsSpec>(load_of({}, 1, 1, {{"read_bytes", "257"}})), "");
}

TEST(Spinner, TicksAreDueAtTheirTimesAndTheSlowFunctionIsTheFirstItem) {
  for (const char* const slow : {"waits", "computes"}) {
    const SpinnerSpec spec(load_of({}, 31, 2, {{"slow", slow}, {"lasts", "20ms"}, {"squares_per_us", "3"}}));
    for (std::uint32_t item = 1; item < 31; ++item) {
      EXPECT_EQ(spec.input(item).wait_ns, item * 10'000'000);
      EXPECT_EQ(spec.input(item).flags, kFromRunStart);
      EXPECT_EQ(spec.expected(item).not_before_ns, item * 10'000'000);
      EXPECT_EQ(spec.expected(item).digest, nap_digest(item, Outcome::ok));
    }
    const ItemInput first = spec.input(0);
    if (computes(first)) {
      EXPECT_EQ(first.work, 60'000U);
      EXPECT_EQ(slow_result(0, slow_function(first)()).digest, spec.expected(0).digest);
    } else {
      EXPECT_EQ(std::string(slow), "waits");
      EXPECT_EQ(first.wait_ns, 20'000'000);
      EXPECT_EQ(spec.expected(0).least_ns, 20'000'000);
    }
  }
}

TEST(Spinner, IdealIsTheLastTickOrTheSlowFunction) {
  const auto ideal = [](std::uint32_t items, const char* lasts) {
    return SpinnerSpec(load_of({}, items, 2, {{"slow", "waits"}, {"lasts", lasts}})).ideal();
  };
  EXPECT_EQ(ideal(31, "300ms"), 300ms);
  EXPECT_EQ(ideal(31, "1s"), 1s);
  EXPECT_EQ(ideal(201, "1s"), 2s);
  EXPECT_EQ(ideal(1, "5ms"), 5ms) << "no tick at all";
}

TEST(Spinner, RefusesWhatDoesNotTick) {
  for (const auto& [name, value] : Settings{{"slow", "sleeps"}, {"period", "0ms"}, {"lasts", "0s"}}) {
    EXPECT_NE(refusal<SpinnerSpec>(load_of({}, 2, 1, {{name, value}})).find(name), std::string::npos);
  }
  EXPECT_NE(refusal<SpinnerSpec>(load_of({}, 2, 1, {{"lasts", "301s"}})), "");
}

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

// Answers at once what the server would, and adds up the time that it would take.
class OracularLane {
 public:
  OracularLane(const Load& load, std::uint64_t ids) : fates_(load.profile, load.seed, ids) {}
  Reply fetch(const Request& request) { return fetch_within(request, nanoseconds(0)); }
  Reply fetch_within(const Request& request, nanoseconds limit) {
    const Fate fate = fates_.of(request.item, request.attempt);
    asked_.insert({request.item, request.attempt});
    fingerprint_ += fingerprint_of(request.item, request.attempt, fate);
    took_ += expected_hold(fate, limit);
    Reply reply;
    reply.outcome = expected_outcome(fate, limit);
    reply.status = fate.status;
    reply.digest = body_digest(request.item, fate.bytes);
    if (fate.status == 429 || fate.status == 503) reply.retry_after_s = fates_.profile().retry_after_s;
    return reply;
  }
  void sleep(nanoseconds time) { took_ += time; }

  std::multiset<std::pair<std::uint32_t, std::uint32_t>> asked_;  // id, attempt
  std::uint64_t fingerprint_ = 0;
  nanoseconds took_{0};

 private:
  Fates fates_;
};

// Does every item by its blocking body, and compares it and all requests with the spec's answers.
template <class W>
void does_what_its_spec_says(Load load) {
  const Workload spec = workload<typename W::Spec>();
  const Prepared prepared = spec.prepare(load);
  load.inputs = prepared.inputs;
  OracularLane lane(load, prepared.requests.ids);
  for (std::uint32_t item = 0; item < load.items; ++item) {
    lane.took_ = nanoseconds(0);
    const ItemResult result = W::blocking(lane, load, item);
    ASSERT_EQ(result.item, item);
    ASSERT_EQ(result.outcome, prepared.expected[item].outcome) << item;
    ASSERT_EQ(result.digest, prepared.expected[item].digest) << item;
    ASSERT_EQ(lane.took_.count(), prepared.expected[item].least_ns) << item;
  }
  std::set<std::uint32_t> ids;
  for (const auto& [id, attempt] : lane.asked_) ids.insert(id);
  EXPECT_EQ(ids.size(), prepared.requests.unique);
  EXPECT_EQ(lane.asked_.size(), prepared.requests.total);
  EXPECT_EQ(lane.fingerprint_, prepared.requests.fingerprint);
}

TEST(DownloadChain, BodyAndOracleAgreeOnEveryRequest) {
  does_what_its_spec_says<DownloadChain>(load_of(profile_named("delay"), 50, 1));
  does_what_its_spec_says<DownloadChain>(load_of(profile_named("error"), 500, 1));
}

TEST(DownloadChain, AsksForNoNameWhereThereIsNoImage) {
  const Load load = load_of(profile_named("error"), 500, 1);
  const Requests asked = DownloadChainSpec(load).requests();
  const Fates fates(load.profile, load.seed, 1000);
  std::uint64_t images = 0;
  for (std::uint32_t item = 0; item < 500; ++item)
    images += expected_outcome(fates.of(item), load.timeout) == Outcome::ok ? 1 : 0;
  EXPECT_EQ(asked.ids, 1000U);
  EXPECT_EQ(asked.unique, 500 + images);
  EXPECT_LT(images, 500U);
}

TEST(DownloadChain, IdealIsTheListScheduleOfTheChains) {
  EXPECT_EQ(DownloadChainSpec(load_of(fixed(10ms), 100, 10)).ideal(), 200ms);
  EXPECT_EQ(DownloadChainSpec(load_of(fixed(10ms), 101, 10)).ideal(), 220ms);
}

TEST(DownloadChain, RefusesMoreIdsThanAServerHas) {
  EXPECT_NE(refusal<DownloadChainSpec>(load_of({}, 50'000'001, 1)).find("two ids"), std::string::npos);
}

TEST(Retry, BodyAndOracleAgreeOnEveryAttempt) {
  for (const char* const profile : {"local", "error", "busy", "flaky"}) {
    does_what_its_spec_says<Retry>(load_of(profile_named(profile), 500, 1));
    does_what_its_spec_says<Retry>(load_of(profile_named(profile), 500, 1, {{"attempts", "16"}, {"backoff", "0s"}}));
    does_what_its_spec_says<Retry>(load_of(profile_named(profile), 500, 1, {{"attempts", "1"}}));
  }
}

TEST(Retry, AsksUntilItIsServedOrMayNotAskAgain) {
  Profile refusing = fixed(10ms);
  refusing.faults = {{Fault::status, 503, 1'000'000}};
  const RetrySpec spec(load_of(refusing, 20, 1, {{"attempts", "3"}, {"backoff", "0s"}}));
  EXPECT_EQ(spec.requests().total, 60U);
  EXPECT_EQ(spec.expected(7).outcome, Outcome::http_error);
  EXPECT_EQ(spec.expected(7).least_ns, 30'000'000);
  EXPECT_EQ(spec.ideal(), 600ms);
  refusing.faults[0].status = 500;
  EXPECT_EQ(RetrySpec(load_of(refusing, 20, 1)).requests().total, 20U) << "nothing says that it would pass";
}

TEST(Retry, PausesDoubleAndNeverEndBeforeRetryAfter) {
  const ItemInput input{.wait_ns = 20'000'000, .work = 4, .argument = 0};
  EXPECT_EQ(pause_behind(input, 0, 0), 20ms);
  EXPECT_EQ(pause_behind(input, 2, 0), 80ms);
  EXPECT_EQ(pause_behind(input, 2, 1), 1s);
  const RetrySpec spec(load_of({}, 1000, 1, {{"backoff", "16ms"}}));
  std::set<std::int64_t> pauses;
  for (std::uint32_t item = 0; item < 1000; ++item) pauses.insert(spec.input(item).wait_ns);
  EXPECT_EQ(*pauses.begin(), 8'000'000);
  EXPECT_EQ(*pauses.rbegin(), 24'000'000);
}

TEST(Retry, RefusesWhatIsNoCapAndNoPause) {
  for (const char* const attempts : {"0", "17", "x"})
    EXPECT_NE(refusal<RetrySpec>(load_of({}, 1, 1, {{"attempts", attempts}})).find("attempts"), std::string::npos);
  for (const char* const backoff : {"11s", "5", "-1ms"})
    EXPECT_NE(refusal<RetrySpec>(load_of({}, 1, 1, {{"backoff", backoff}})).find("backoff"), std::string::npos);
}

}  // namespace
}  // namespace interleave
