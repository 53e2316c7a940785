// The verdict at one load: wins, ties, leads, or is unresolved.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "harness/verdict/intervals.hpp"

namespace interleave {

inline constexpr double kFamilyError = 0.05;
inline constexpr double kLeadToWin = 0.03;  // over the runner-up
inline constexpr double kTieMargin = 0.06;  // an interval inside +-6 % is a tie

// One model's values, one a round; NaN where the round is void or missing.
struct Contestant {
  std::string model;
  std::vector<double> values;
};
inline constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

// Of model `a` against model `b` (places among the contestants). Ratios say how many times better a is, whichever way
// the quantity ranks: above 1, a is better. Interval at Holm's level for the pair.
struct PairResult {
  std::size_t a = 0, b = 0;
  std::size_t rounds = 0;
  double median_ratio = 1;
  std::optional<Interval> interval;      // none: too few rounds for the level
  std::optional<Interval> tie_interval;  // at Bonferroni's level: a claim of equivalence has no step-down
  double p = 1;                          // adjusted by Holm
  double p_tie = 1;                      // that the ratio is outside +-6 %, times the number of pairs
  std::vector<double> log_ratios;
};

struct PointVerdict {
  std::string verdict;                         // wins, tie, leading, unresolved, single (one contestant), none
  std::vector<std::size_t> leaders;            // the best first
  std::optional<std::size_t> runner_up;        // the best that does not lead
  std::optional<double> lead_percent;          // of the best over the runner-up
  std::optional<std::uint32_t> rounds_needed;  // unresolved: rounds that would probably settle it
  double p = 1;                                // of the claim being wrong, for wins and tie
  std::vector<PairResult> pairs;               // every pair, a before b
};

// `rounds` is what was planned: below `rounds_to_win` nobody wins, the best are leading. Contestants without a value
// are not ranked. Pairs are compared over the rounds in which both have a value.
PointVerdict decide(const std::vector<Contestant>& contestants, bool lower_is_better, std::uint32_t rounds,
                    std::uint32_t rounds_to_win);

}  // namespace interleave
