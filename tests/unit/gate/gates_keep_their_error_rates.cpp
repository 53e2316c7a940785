// Whole gates as they are built, of simulated trials: how often equal programs are called slower, how often a slow-down
// of 5 % is found, and what is said of it where it is not.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include "harness/gate/block.hpp"
#include "harness/gate/decision.hpp"
#include "harness/gate/sitting.hpp"

namespace interleave {
namespace {

using Random = std::mt19937_64;
using Noise = std::function<double(Random&)>;  // of one trial, as a factor; may remember the one before

constexpr std::size_t kCells = 15, kQuantities = 30;
constexpr double kLowerOfTwo = 0.8256;  // deviation of the lower of two normal values, in theirs

// Such that a round's log-ratio, of the lower of two on either side, has that deviation.
Noise calm(double of_a_round) {
  const double deviation = of_a_round / (kLowerOfTwo * std::sqrt(2));
  return [deviation](Random& random) { return std::lognormal_distribution<double>(0, deviation)(random); };
}

// One trial in ten is up to twice as slow.
Noise with_episodes(double deviation) {
  return [deviation](Random& random) {
    std::uniform_real_distribution<double> chance(0, 1);
    const double noise = std::lognormal_distribution<double>(0, deviation)(random);
    return chance(random) < 0.1 ? noise * (1 + chance(random)) : noise;
  };
}

// Every other trial is up to a third slower.
Noise often_disturbed(double deviation) {
  return [deviation](Random& random) {
    std::uniform_real_distribution<double> chance(0, 1);
    const double noise = std::lognormal_distribution<double>(0, deviation)(random);
    return chance(random) < 0.5 ? noise * (1 + 0.35 * chance(random)) : noise;
  };
}

Noise heavy_tailed(double scale) {
  return [scale](Random& random) { return std::exp(scale * std::student_t_distribution<double>(3)(random)); };
}

// Of a machine that others share: for that share of the time, and some eight trials on end, all is up to twice as slow.
Noise in_spells(double deviation, double share) {
  return [deviation, share, slow = 1.0](Random& random) mutable {
    std::uniform_real_distribution<double> chance(0, 1);
    constexpr double kLeaves = 0.12;
    const double enters = kLeaves * share / (1 - share);
    if (slow > 1 && chance(random) < kLeaves) slow = 1;
    else if (slow == 1 && chance(random) < enters) slow = 1.2 + 0.8 * chance(random);
    return slow * std::lognormal_distribution<double>(0, deviation)(random);
  };
}

// Head's first quantity of the first cell is slower.
class SimulatedTrials final : public GateTrials {
 public:
  SimulatedTrials(Noise noise, double slow_by, std::uint64_t seed)
      : noise_(std::move(noise)), slow_by_(slow_by), random_(seed) {}
  TrialOutcome run(const GateCell& cell, Side side, std::uint32_t) override {
    const bool is_slower = cell.point == 0 && side == Side::head;
    return {.costs = {{"CPU an item", 1000 * noise_(random_) * (is_slower ? slow_by_ : 1)},
                      {"makespan", 1e6 * noise_(random_)}},
            .trouble = "",
            .too_slow = ""};
  }
  double noise() { return noise_(random_); }

 private:
  Noise noise_;
  const double slow_by_;
  Random random_;
};

GateResult gate(const Noise& noise, double slow_by, std::uint64_t seed) {
  SimulatedTrials trials(noise, slow_by, seed);
  std::vector<GateCell> cells;
  for (std::size_t i = 0; i < kCells; ++i) {
    cells.push_back({.point = i,
                     .load = "a load",
                     .name = "a model",
                     .quantities = {Quantity{.name = "CPU an item"}, Quantity{.name = "makespan"}}});
  }
  const auto controls = [&] {
    return std::map<std::string, double>{{"alu", trials.noise()}, {"echo", trials.noise()}};
  };
  GateSetting setting;
  setting.seed = seed;
  return sit(trials, controls, cells, {}, setting);
}

GateVerdict first_verdict(const GateResult& result) { return result.cells.at(0).quantities.at(0).verdict; }

struct Ends {
  int flagged = 0, slower = 0, inconclusive = 0, found = 0, passed = 0;
};

// `flagged` and `slower` count gates, `found` and `passed` what became of the one quantity that is slower.
Ends gates(const Noise& noise, double slow_by, int how_many) {
  Ends ends;
  for (int i = 0; i < how_many; ++i) {
    const GateResult result = gate(noise, slow_by, 1000U + static_cast<std::uint64_t>(i));
    const std::size_t slower = count(result, GateVerdict::slower);
    ends.flagged += slower + count(result, GateVerdict::unconfirmed) > 0 ? 1 : 0;
    ends.slower += status_of(result) == 1 ? 1 : 0;
    ends.inconclusive += status_of(result) == 3 ? 1 : 0;
    ends.found += first_verdict(result) == GateVerdict::slower ? 1 : 0;
    ends.passed += first_verdict(result) == GateVerdict::fine ? 1 : 0;
  }
  return ends;
}

// With seeds that are fixed, what is seen is what is always seen.
TEST(Gates, OfEqualProgramsDoNotAlarm) {
  constexpr int kEach = 60;
  int flagged = 0;
  for (const auto& noise : {calm(0.015), calm(0.05), with_episodes(0.02), heavy_tailed(0.03), in_spells(0.01, 0.3)}) {
    const Ends ends = gates(noise, 1, kEach);
    EXPECT_EQ(ends.slower, 0) << "fresh rounds leave nothing of what is flagged by chance";
    flagged += ends.flagged;
  }
  EXPECT_LE(flagged, 8) << "1 % of 300 gates are to be expected";
}

TEST(Gates, DoNotAlarmBesideABusyNeighbour) { EXPECT_EQ(gates(in_spells(0.03, 0.5), 1, 60).slower, 0); }

TEST(Gates, FindFivePercentWhereARoundsDeviationIsThreeAndAHalf) {
  const Ends ends = gates(calm(0.035), 1.05, 100);
  EXPECT_GE(ends.found, 98);
  EXPECT_EQ(ends.passed, 0);
}

// One disturbed round of twelve outranked eleven that were slower: p was 0.017. And a machine that was slow a third of
// the time left a round's deviation at 5 %, though two trials of three differed by less than 1 %.
TEST(Gates, FindFivePercentInTheFastTrialsOfAMachineThatIsSlowAtTimes) {
  for (const auto& noise : {often_disturbed(0.005), in_spells(0.005, 0.3)}) EXPECT_GE(gates(noise, 1.05, 40).found, 39);
}

TEST(Gates, DoNotPassFivePercentThatTheyAreTooNoisyToFind) {
  for (const auto& noise : {calm(0.06), calm(0.09), heavy_tailed(0.06)}) EXPECT_LE(gates(noise, 1.05, 40).passed, 5);
}

TEST(Gates, PassEqualProgramsWhereItIsCalm) { EXPECT_LE(gates(calm(0.035), 1, 40).inconclusive, 1); }

TEST(Gates, LeaveWhatIsBelowTheBar) {
  EXPECT_LE(gates(calm(0.015), 1.015, 60).slower, 1) << "1.5 % is real, and not worth a failed build";
}

Rounds rounds_of(std::vector<double> log_ratios) {
  Rounds rounds;
  rounds.head = std::move(log_ratios);
  return rounds;
}

TEST(Gates, FlagNothingBelowTheBarHoweverSure) {
  const GateRules rules;
  const Rounds below = rounds_of(std::vector<double>(30, 0.025)), above = rounds_of(std::vector<double>(30, 0.035));
  EXPECT_EQ(flagged({Judged{&below}, Judged{&above}}, 2, rules), (std::vector<bool>{false, true}));
}

Rounds simulated(const Noise& noise, double slow_by, std::uint32_t how_many, std::uint64_t seed) {
  Random random(seed);
  Rounds rounds;
  for (std::uint32_t number = 0; number < how_many; ++number) {
    const auto order = block_order(seed, 0, number);
    std::array<double, 4> costs{};
    for (std::size_t i = 0; i < order.size(); ++i)
      costs[i] = noise(random) * (order[i].side == Side::head ? slow_by : 1);
    add_block(rounds, order, costs, false);
  }
  return rounds;
}

// The stated power is that of what is said to be detectable.
TEST(Detectable, IsFoundInNinetyFiveOfAHundred) {
  const GateRules rules;
  for (const auto& noise : {calm(0.015), calm(0.035), calm(0.06), with_episodes(0.02), in_spells(0.01, 0.3)}) {
    int found = 0;
    for (std::uint64_t i = 0; i < 200; ++i) {
      const double effect = *detectable(simulated(noise, 1, rules.rounds, i), kQuantities, rules);
      const Rounds slower = simulated(noise, 1 + effect, rules.rounds, 1000 + i);
      found += flagged({Judged{&slower}}, kQuantities, rules).front() ? 1 : 0;
    }
    EXPECT_GE(found, 0.9 * 200) << "by an estimate of the noise from other rounds";
  }
}

TEST(Detectable, IsNothingWhereRoundsAreTooFew) {
  GateRules rules;
  rules.rounds = 7;
  EXPECT_FALSE(detectable(0.01, 1, rules).has_value()) << "1/128 is above 0.5 %";
  rules.rounds = 8;
  EXPECT_TRUE(detectable(0.01, 1, rules).has_value());
  EXPECT_FALSE(detectable(0.01, 2, rules).has_value());
}

TEST(Detectable, IsNothingByTheScatterOfAlmostNoRounds) {
  const GateRules rules;
  for (const std::size_t rounds : {0U, 1U, 2U, 4U})
    EXPECT_FALSE(detectable(rounds_of(std::vector<double>(rounds, 0.01)), 1, rules).has_value()) << rounds;
  EXPECT_TRUE(detectable(rounds_of(std::vector<double>(10, 0.01)), 1, rules).has_value());
}

TEST(Hopeless, IsWhatCannotReachTheBar) {
  const GateRules rules;
  EXPECT_TRUE(is_hopeless(rounds_of(std::vector<double>(10, 0.0)), rules));
  EXPECT_TRUE(is_hopeless(rounds_of(std::vector<double>(10, -0.1)), rules));
  EXPECT_FALSE(is_hopeless(rounds_of(std::vector<double>(10, 0.05)), rules));
  EXPECT_FALSE(is_hopeless(rounds_of({-0.2, -0.15, -0.1, -0.05, 0, 0, 0.05, 0.1, 0.15, 0.2}), rules))
      << "too noisy to say";
  EXPECT_FALSE(is_hopeless({}, rules)) << "nothing is known";
}

TEST(Blocks, AreBalancedAndDrawnByLot) {
  int base_outside = 0, base_turned = 0;
  for (std::uint32_t round = 0; round < 1000; ++round) {
    const auto order = block_order(7, 3, round);
    EXPECT_EQ(order[0].side, order[3].side);
    EXPECT_EQ(order[1].side, order[2].side);
    EXPECT_NE(order[0].side, order[1].side);
    EXPECT_NE(order[0].duplicate, order[3].duplicate);
    const Side before = block_order(7, 3, round - round % 2)[0].side;
    EXPECT_EQ(order[0].side == before, round % 2 == 0) << "each half of the time";
    base_outside += order[0].side == Side::base && round % 2 == 0 ? 1 : 0;
    base_turned += order[0].duplicate ? 1 : 0;
  }
  EXPECT_NEAR(base_outside, 250, 60) << "by lot";
  EXPECT_NEAR(base_turned, 500, 80);
}

TEST(Blocks, KeepTheirSigns) {
  Rounds rounds;
  const auto order = block_order(1, 0, 0);
  std::array<double, 4> costs{};
  for (std::size_t i = 0; i < 4; ++i)
    costs[i] = (order[i].side == Side::head ? 1.1 : 1) * (order[i].duplicate ? 1.02 : 1);
  add_block(rounds, order, costs, false);
  EXPECT_NEAR(rounds.head[0], std::log(1.1), 1e-12);
  EXPECT_NEAR(rounds.base_pair[0], std::log(1.02), 1e-12);
  EXPECT_NEAR(rounds.head_pair[0], std::log(1.02), 1e-12);
}

TEST(Blocks, TakeTheLowerOfTwoButNoneThatWasLost) {
  const double lost = std::numeric_limits<double>::infinity();
  const auto order = block_order(1, 0, 0);
  const auto head_of = [&](double duplicate) {
    std::array<double, 4> costs{1, 1, 1, 1};
    for (std::size_t i = 0; i < 4; ++i) {
      if (order[i].side == Side::head && order[i].duplicate) costs[i] = duplicate;
    }
    Rounds rounds;
    add_block(rounds, order, costs, false);
    return rounds.head.at(0);
  };
  EXPECT_EQ(head_of(5), 0) << "a trial that was disturbed";
  EXPECT_EQ(head_of(0.5), std::log(0.5));
  EXPECT_EQ(head_of(lost), lost);
}

TEST(Blocks, ThatBothLostTellNothing) {
  const double lost = std::numeric_limits<double>::infinity();
  Rounds rounds;
  const auto order = block_order(1, 0, 0);
  add_block(rounds, order, {lost, lost, lost, lost}, false);
  EXPECT_TRUE(rounds.head.empty() && rounds.base_pair.empty() && rounds.head_pair.empty());
  std::array<double, 4> costs{1, 1, 1, 1};
  for (std::size_t i = 0; i < 4; ++i) {
    if (order[i].side == Side::head) costs[i] = lost;
  }
  add_block(rounds, order, costs, false);
  ASSERT_EQ(rounds.head.size(), 1U);
  EXPECT_EQ(rounds.head[0], lost);
  EXPECT_EQ(rounds.base_pair.size(), 1U);
  EXPECT_TRUE(rounds.head_pair.empty());
}

TEST(Pairs, ThatDifferByMoreThanTheBarMeanContamination) {
  const GateRules rules;
  Rounds fine, off;
  for (int i = 0; i < 30; ++i) {
    fine.base_pair.push_back(0.01 * (i % 7 - 3));
    fine.head_pair = off.base_pair = fine.base_pair;
    off.head_pair.push_back(0.04 + 0.001 * (i % 5));
  }
  EXPECT_FALSE(pairs_are_off({Judged{&fine}, Judged{&fine}}, 2, rules));
  EXPECT_TRUE(pairs_are_off({Judged{&fine}, Judged{&off}}, 2, rules));
}

TEST(Controls, ThatDifferByMoreThanTheirBarMeanContamination) {
  const GateRules rules;
  EXPECT_TRUE(control_is_off(std::vector<double>(30, 0.025), 3, rules));
  EXPECT_TRUE(control_is_off(std::vector<double>(30, -0.025), 3, rules)) << "either way";
  EXPECT_FALSE(control_is_off(std::vector<double>(30, 0.015), 3, rules));
  EXPECT_FALSE(control_is_off(std::vector<double>{0.1, -0.06, 0.03}, 3, rules)) << "three rounds say nothing";
}

}  // namespace
}  // namespace interleave
