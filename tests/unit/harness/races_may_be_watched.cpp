// Races on simulated rounds, looked at after every one of them: copies rarely win, true leads are found soon.
//
// A part of the 2,000 sets for each kind of noise; INTERLEAVE_RACE_SETS=2000 runs them all (some minutes).
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "harness/verdict/point_verdict.hpp"
#include "harness/verdict/racing.hpp"

namespace interleave {
namespace {

constexpr std::size_t kRounds = 60;

int sets_of(int otherwise) {
  const char* asked = std::getenv("INTERLEAVE_RACE_SETS");
  return asked == nullptr ? otherwise : std::max(1, std::atoi(asked));
}

// What disturbs a trial beside its own noise.
enum class Noise { independent, correlated, episodes };

constexpr std::array<const char*, 3> kNames{"independent", "lag-1 correlation 0.3", "one-sided episodes"};

// Logarithms of one model's trials, round after round.
class Trials {
 public:
  Trials(double log_median, double sd, Noise noise) : log_median_(log_median), sd_(sd), noise_(noise) {}

  double next(std::mt19937_64& random) {
    constexpr double kRho = 0.3;
    const double fresh = normal_(random);
    state_ = noise_ == Noise::correlated && !first_ ? kRho * state_ + std::sqrt(1 - kRho * kRho) * fresh : fresh;
    first_ = false;
    return std::exp(log_median_ + sd_ * state_ + slow(random));
  }

 private:
  // One trial in ten begins an episode of some three trials, each slower by 7.5 % in the middle.
  double slow(std::mt19937_64& random) {
    if (noise_ != Noise::episodes) return 0;
    const double chance = uniform_(random);
    in_episode_ = in_episode_ ? chance < 2.0 / 3 : chance < 0.1;
    return in_episode_ ? 0.15 * uniform_(random) : 0;
  }

  double log_median_, sd_;
  Noise noise_;
  double state_ = 0;
  bool first_ = true, in_episode_ = false;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
};

// Runs a race until it is decided, or for all rounds. Returns the rounds it took.
std::size_t run(Race& race, std::vector<Trials>& trials, std::mt19937_64& random, std::size_t rounds = kRounds) {
  for (std::size_t round = 1; round <= rounds; ++round) {
    std::vector<double> values(trials.size(), kNoValue);
    for (const std::size_t model : race.in_the_race()) values[model] = trials[model].next(random);
    race.add_round(values);
    if (race.decided()) return round;
  }
  race.end();
  return rounds + 1;
}

TEST(Wealth, IsTheIntegral) {
  for (std::size_t n = 0; n <= 40; n += 4) {
    for (std::size_t k = 0; k <= n; k += 2) {
      constexpr int kSteps = 20'000;
      double sum = 0;
      for (int i = 0; i < kSteps; ++i) {
        const double p = 0.5 + (i + 0.5) * 0.5 / kSteps;
        sum += 2 * std::pow(2 * p, static_cast<double>(k)) * std::pow(2 * (1 - p), static_cast<double>(n - k));
      }
      EXPECT_NEAR(std::exp(log_wealth(k, n)) / (sum * 0.5 / kSteps), 1, 1e-4) << k << " of " << n;
    }
  }
  EXPECT_LT(log_wealth(10, 10), std::log(320));
  EXPECT_GE(log_wealth(11, 11), std::log(320)) << "eleven in a row are worth 320";
}

// The expected wealth after one more fair coin is no more than what is there: that is all its validity rests on.
TEST(Wealth, IsNotExpectedToGrowOnFairCoins) {
  for (std::size_t n = 0; n < 60; ++n) {
    for (std::size_t k = 0; k <= n; ++k) {
      for (double (*const wealth)(std::size_t, std::size_t) : {log_wealth, log_divided_wealth}) {
        EXPECT_LE((std::exp(wealth(k, n + 1)) + std::exp(wealth(k + 1, n + 1))) / 2,
                  std::exp(wealth(k, n)) * (1 + 1e-9));
      }
    }
  }
}

// A disturbed machine lost 26 of 48 rounds of three models that lost none a minute later.
TEST(Race, CopiesThatAreLostNowAndThenAreRarelyFarApart) {
  std::mt19937_64 random(29);
  constexpr int kSets = 400;
  for (const std::size_t models : {2U, 5U}) {
    for (const double lost : {0.2, 0.5, 0.8}) {
      int wrong = 0;
      for (int set = 0; set < kSets; ++set) {
        Race race(models, {});
        std::bernoulli_distribution is_lost(lost);
        for (int round = 0; round < 9; ++round) {  // after which there are other rules
          std::vector<double> values(models, kNoValue);
          for (const std::size_t model : race.in_the_race()) values[model] = is_lost(random) ? kLost : 100;
          race.add_round(values);
        }
        wrong += race.in_the_race().size() < models ? 1 : 0;
      }
      EXPECT_LE(wrong, kSets / 20) << models << " models, of whose rounds are lost " << lost;
    }
  }
}

TEST(Race, WhoIsAlwaysLostLeavesBeforeTenRounds) {
  for (const std::size_t models : {2U, 17U}) {
    Race race(models, {});
    for (int round = 0; round < 9; ++round) {
      std::vector<double> values(models, 100);
      values[0] = kLost;
      race.add_round(values);
    }
    EXPECT_EQ(race.in_the_race().size(), models - 1);
  }
}

TEST(SignCorrelation, IsThatOfNeighbours) {
  std::mt19937_64 random(3);
  for (const auto& [noise, truth] : {std::pair{Noise::independent, 0.0}, {Noise::correlated, 0.194}}) {
    double sum = 0;
    for (int set = 0; set < 1000; ++set) {
      Trials trials(0, 1, noise);
      std::vector<double> logs;
      for (int i = 0; i < 30; ++i) logs.push_back(std::log(trials.next(random)));
      sum += sign_correlation(logs);
    }
    EXPECT_NEAR(sum / 1000, truth, 0.03) << "2 / pi * asin(0.3) of normal values; the lead does not matter";
  }
}

TEST(Wealth, OfFarRoundsIsNotExpectedToGrowByChance) {
  for (const double chance : {1.0 / 20, 0.25}) {
    for (const std::size_t n : {1U, 3U, 10U}) {
      double expected = 0, ways = 1;
      for (std::size_t k = 0; k <= n; ++k) {
        const auto hits = static_cast<double>(k), misses = static_cast<double>(n - k);
        expected +=
            ways * std::pow(chance, hits) * std::pow(1 - chance, misses) * std::exp(log_far_wealth(k, n, chance));
        ways = ways * misses / (hits + 1);
      }
      EXPECT_NEAR(expected, 1, 1e-9) << n << " rounds, chance " << chance;
    }
  }
}

// ---- what is claimed, and how soon

constexpr RaceRules kRules{.margin = 0.03};  // the least that a profile has

int wins_of_copies(std::size_t models, Noise noise, int sets) {
  std::mt19937_64 random(1000 * models + static_cast<std::size_t>(noise));
  int wins = 0;
  for (int set = 0; set < sets; ++set) {
    std::vector<Trials> trials(models, Trials(0, 0.03, noise));
    Race race(models, kRules);
    run(race, trials, random);
    wins += race.winner() ? 1 : 0;
  }
  return wins;
}

TEST(Race, CopiesRarelyWinHoweverOftenOneLooks) {
  for (const std::size_t models : {2U, 5U, 17U}) {
    for (const Noise noise : {Noise::independent, Noise::correlated, Noise::episodes}) {
      const int sets = sets_of(models == 2 ? 2000 : models == 5 ? 200 : 25);
      const int wins = wins_of_copies(models, noise, sets);
      EXPECT_LE(wins, 0.05 * sets) << models << " models, " << kNames[static_cast<std::size_t>(noise)];
      std::printf("%zu models, %s: %d of %d\n", models, kNames[static_cast<std::size_t>(noise)], wins, sets);
    }
  }
}

// The share of sets in which the last of the models, 5 % better than all others, has won by that round.
double share_won(std::size_t models, std::size_t by_round, int sets) {
  std::mt19937_64 random(models);
  int won = 0;
  for (int set = 0; set < sets; ++set) {
    std::vector<Trials> trials(models - 1, Trials(std::log(1.05), 0.015, Noise::independent));
    trials.emplace_back(0, 0.015, Noise::independent);
    Race race(models, kRules);
    run(race, trials, random, by_round);
    won += race.winner() == models - 1 ? 1 : 0;
  }
  return static_cast<double>(won) / sets;
}

// 95 % and 90 %, less two standard errors of so many sets.
TEST(Race, ALeadOfFivePercentIsFoundSoon) {
  const int fives = sets_of(1000), seventeens = sets_of(150);
  const double five = share_won(5, 15, fives), seventeen = share_won(17, 24, seventeens);
  std::printf("5 models by round 15: %.3f; 17 by round 24: %.3f\n", five, seventeen);
  EXPECT_GE(five, 0.95 - 2 * std::sqrt(0.05 * 0.95 / fives));
  EXPECT_GE(seventeen, 0.90 - 2 * std::sqrt(0.1 * 0.9 / seventeens));
}

TEST(Race, TheBetterOneWinsAndNotTheOther) {
  std::mt19937_64 random(4);
  int wrong = 0, right = 0;
  for (int set = 0; set < 500; ++set) {
    std::vector<Trials> trials{{std::log(1.06), 0.03, Noise::episodes}, {0, 0.03, Noise::episodes}};
    Race race(2, kRules);
    run(race, trials, random);
    wrong += race.winner() == 0U ? 1 : 0;
    right += race.winner() == 1U ? 1 : 0;
  }
  EXPECT_LE(wrong, 5);
  EXPECT_GE(right, 350);
}

// A tie is wrong where one is better by the margin; its share is 1 % of a point.
TEST(Race, CopiesTieAndWhatIsApartByTheMarginDoesNot) {
  std::mt19937_64 random(5);
  int ties = 0, wrong = 0;
  for (int set = 0; set < 500; ++set) {
    std::vector<Trials> copies{{0, 0.01, Noise::independent}, {0, 0.01, Noise::independent}};
    Race race(2, kRules);
    run(race, copies, random);
    ties += race.tied(1, 0) ? 1 : 0;
    std::vector<Trials> apart{{0, 0.01, Noise::independent}, {std::log(1.03), 0.01, Noise::independent}};
    Race other(2, kRules);
    run(other, apart, random);
    wrong += other.tied(0, 1) ? 1 : 0;
  }
  EXPECT_GE(ties, 475);
  EXPECT_LE(wrong, 15);
}

TEST(Race, WhoIsFarBehindLeavesAfterThreeRoundsWhereTheRestGoesOn) {
  Race race(17, kRules);
  std::vector<double> values(17, 100);
  values[3] = 200;
  values[4] = 300;
  values[5] = 199;
  for (int round = 0; round < 2; ++round) race.add_round(values);
  EXPECT_EQ(race.in_the_race().size(), 17U);
  race.add_round(values);
  EXPECT_EQ(race.in_the_race().size(), 15U);
  EXPECT_EQ(race.in_the_race()[3], 5U) << "199 is not twice as much";
  EXPECT_FALSE(race.decided());
}

// As good as the best, but for one round in twenty in which it takes three times as long.
TEST(Race, StallsDoNotPutACopyFarBehind) {
  std::mt19937_64 random(8);
  std::uniform_real_distribution<double> uniform;
  for (const std::size_t models : {2U, 5U, 17U}) {
    const int sets = sets_of(models == 17 ? 60 : 400);
    int lost = 0;
    for (int set = 0; set < sets; ++set) {
      Race race(models, kRules);
      for (int round = 0; round < 30; ++round) {
        std::vector<double> values(models, 100);
        for (double& value : values) value = uniform(random) < 1.0 / 20 ? 300 : 100 + 0.001 * uniform(random);
        race.add_round(values);
        if (race.in_the_race().size() < models) break;
      }
      lost += race.in_the_race().size() < models ? 1 : 0;
    }
    EXPECT_LE(lost, 0.05 * sets) << models << " models";
  }
}

// At a deviation of 5 % a trial, 7 % a ratio, thirty rounds are too few for a bettor, who may leave the table at any
// time.
TEST(Race, WhatBetsLeaveOpenIsCountedWhenAllRoundsAreOver) {
  std::mt19937_64 random(9);
  constexpr RaceRules kUsual{};
  int before = 0, after = 0, wrong = 0;
  for (int set = 0; set < 300; ++set) {
    std::vector<Trials> copies{{0, 0.04, Noise::independent}, {0, 0.04, Noise::independent}};
    Race race(2, kUsual);
    for (int round = 0; round < 30; ++round) race.add_round({copies[0].next(random), copies[1].next(random)});
    before += race.tied(0, 1) ? 1 : 0;
    race.end();
    after += race.tied(0, 1) ? 1 : 0;
    std::vector<Trials> apart{{0, 0.04, Noise::independent}, {std::log1p(kUsual.margin), 0.04, Noise::independent}};
    Race other(2, kUsual);
    for (int round = 0; round < 30; ++round) other.add_round({apart[0].next(random), apart[1].next(random)});
    other.end();
    wrong += other.tied(0, 1) ? 1 : 0;
  }
  std::printf("ties of copies: %d of 300 before the end, %d at it; of what is apart by the margin: %d\n", before, after,
              wrong);
  EXPECT_GE(after, before + 60);
  EXPECT_LE(wrong, 9);
}

TEST(Race, WhatIsDecidedStays) {
  Race race(2, kRules);
  for (int round = 0; round < 10; ++round) race.add_round({100, 110});
  ASSERT_EQ(race.winner(), 0U);
  EXPECT_TRUE(race.decided());
  for (int round = 0; round < 30; ++round) race.add_round({110, 100});
  EXPECT_EQ(race.winner(), 0U);
}

TEST(Race, ALostRoundIsLostAndAMissingOneIsNone) {
  Race race(2, kRules), absent(2, kRules);
  for (int round = 0; round < 20; ++round) {
    race.add_round({100, kLost});
    absent.add_round({100, kNoValue});
  }
  EXPECT_EQ(race.winner(), 0U);
  EXPECT_FALSE(absent.decided());
}

// Ten rounds in a row for one model, then ten for the other: each of them is not news.
TEST(Race, RoundsThatHangTogetherAreWorthLess) {
  Race race(2, kRules);
  for (int round = 0; round < 40; ++round)
    race.add_round({round / 10 % 2 == 0 ? 100.0 : 102.0, 101 + 0.001 * (round % 7)});
  EXPECT_LT(race.worth_of_a_round(), 0.5);
  Race fresh(2, kRules);
  std::mt19937_64 random(6);
  Trials trials(0, 0.03, Noise::independent);
  for (int round = 0; round < 40; ++round) fresh.add_round({trials.next(random), 1});
  EXPECT_EQ(fresh.worth_of_a_round(), 1);
}

}  // namespace
}  // namespace interleave
