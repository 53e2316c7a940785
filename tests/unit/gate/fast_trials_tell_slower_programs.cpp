// The test of the fast trials: exact, and blind to what disturbs.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "harness/gate/fast_trials.hpp"
#include "harness/gate/signed_rank.hpp"

namespace interleave {
namespace {

constexpr double kLost = std::numeric_limits<double>::infinity();

double enumerated(const std::vector<int>& scores) {
  int observed = 0;
  for (const int score : scores) observed += score;
  double as_large = 0;
  for (unsigned signs = 0; signs < 1U << scores.size(); ++signs) {
    int sum = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) sum += (signs >> i & 1U) != 0 ? scores[i] : -scores[i];
    as_large += sum >= observed ? 1 : 0;
  }
  return as_large / std::pow(2.0, static_cast<double>(scores.size()));
}

TEST(SignedScores, EqualEnumeration) {
  std::mt19937_64 random(3);
  std::uniform_int_distribution<int> score(-20, 40);
  for (std::size_t n = 1; n <= 12; ++n) {
    std::vector<int> scores(n);
    for (int& each : scores) each = score(random);
    EXPECT_NEAR(signed_score_p(scores), enumerated(scores), 1e-12) << n;
  }
  EXPECT_EQ(signed_score_p(std::vector<int>{}), 1);
  EXPECT_EQ(signed_score_p(std::vector<int>{0, 0}), 1);
}

// Head's trials are slower by 5 %; all of every third block, and one of each side's in others, are disturbed.
std::vector<TrialCosts> disturbed(std::size_t rounds, double slower) {
  std::vector<TrialCosts> blocks;
  for (std::size_t i = 0; i < rounds; ++i) {
    const double noise = 0.001 * static_cast<double>(i % 5), spell = 0.1 * static_cast<double>(1 + i % 4);
    const bool all = i % 3 == 0;
    blocks.push_back({noise + (all ? spell : 0), noise + spell, slower + noise + spell, slower + (all ? spell : 0)});
  }
  return blocks;
}

TEST(FastTrials, TellWhatDisturbedOnesHide) {
  const auto blocks = disturbed(30, 0.05);
  EXPECT_LT(fast_trials_p(blocks), 1e-4);
  EXPECT_NEAR(fast_change(blocks), 0.05, 0.005);
}

TEST(FastTrials, OfEqualProgramsTellNothing) {
  const auto blocks = disturbed(30, 0);
  EXPECT_GT(fast_trials_p(blocks), 0.01);
  EXPECT_NEAR(fast_change(blocks), 0, 0.005);
}

TEST(FastTrials, TakeTheEndsOfTheScale) {
  EXPECT_EQ(fast_trials_p({}), 1);
  EXPECT_EQ(fast_change({}), 0);
  EXPECT_EQ(fast_change_error({}), kLost);
  const std::vector<TrialCosts> lost(10, {0, 0, kLost, kLost}), both(10, {kLost, kLost, kLost, kLost});
  EXPECT_EQ(fast_change(lost), kLost);
  EXPECT_DOUBLE_EQ(fast_trials_p(lost), std::pow(0.5, 10));
  EXPECT_EQ(fast_change(both), 0);
  EXPECT_EQ(fast_trials_p(both), 1);
  const std::vector<TrialCosts> same(10, {1, 1, 1, 1});
  EXPECT_EQ(fast_trials_p(same), 1) << "nobody is earlier";
  EXPECT_EQ(fast_change_error(same), 0);
}

}  // namespace
}  // namespace interleave
