// The same of the classics that compute or wait: exhibition, primes, executors, spinner.
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

}  // namespace
}  // namespace interleave
