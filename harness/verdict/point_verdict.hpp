// The verdict at one load: wins, ties, leads, or is unresolved.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "harness/plan/plan.hpp"
#include "harness/verdict/intervals.hpp"

namespace interleave {

// Of all wins and ties claimed at a load together: the intervals of all its pairs hold at once but for this.
inline constexpr double kPointError = 0.05;
// Of the interval of one cell's median, which stands for itself.
inline constexpr double kCellError = 0.05;

// What a claim takes.
struct Judging {
  double margin;                // a win leads by at least that much, a tie's interval lies inside it
  std::uint32_t rounds_to_win;  // with fewer nobody wins or ties, the best are leading
};

// For a run of that profile: margins of 3 % (rigorous) and of 5 % (all others); twice that for latencies, whose p99 is
// one item in a hundred.
Judging judging_of(const std::string& profile, RanksBy ranks_by = RanksBy::none);

// One model's values, one a round: kNoValue where the round is void or missing, kLost where the model did not keep the
// load up, which is worse than any value.
struct Contestant {
  std::string model;
  std::vector<double> values;
};
inline constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kLost = std::numeric_limits<double>::infinity();

// How many times better a is than b, as a logarithm; infinite where one of them has lost the round. Empty where one was
// not there, or both have lost it, which tells nothing.
std::optional<double> log_ratio(double a, double b, bool lower_is_better);

// Of model `a` against model `b` (places among the contestants). Ratios say how many times better a is, whichever way
// the quantity ranks: above 1, a is better; 0 or infinity where a or b has lost the rounds that it hangs on.
struct PairResult {
  std::size_t a = 0, b = 0;
  std::size_t rounds = 0;  // in which both have a value, or one has and the other lost
  double median_ratio = 1;
  double level = 0;                  // of the interval: kPointError shared out evenly over all pairs
  std::optional<Interval> interval;  // none: too few rounds for the level
  double p = 1;                      // that the two are alike, times the number of pairs
  double p_tie = 1;                  // that the ratio is outside the margin, likewise
  std::vector<double> log_ratios;
};

struct PointVerdict {
  std::string verdict;                         // wins, tie, leading, unresolved, single (one contestant), none
  std::vector<std::size_t> leaders;            // the best first
  std::optional<std::size_t> runner_up;        // the best that does not lead
  std::optional<double> lead_percent;          // of the best over the runner-up; none where that lost half its rounds
  std::optional<std::uint32_t> rounds_needed;  // unresolved: rounds that would settle it with power kPower
  std::size_t rounds = 0;                      // that it rests on: the fewest the best has in common with another
  double p = 1;                                // of the claim being wrong, for wins and tie
  std::vector<PairResult> pairs;               // every pair, a before b
};

// How the race of a load stands, places among the contestants: it holds at whatever moment one looks, which intervals
// do not.
struct Standing {
  std::vector<std::size_t> left;  // nothing has shown them to be behind another
  bool decided = false;           // one is left, or all that are left tie
};

// Where there is a race, it decides who wins or ties. Contestants without a value are not ranked. Pairs are compared
// over the rounds that both were in.
PointVerdict decide(const std::vector<Contestant>& contestants, bool lower_is_better, const Judging& judging,
                    const std::optional<Standing>& race = std::nullopt);

}  // namespace interleave
