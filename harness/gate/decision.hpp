// What the gate concludes from the rounds of its cells; pure, and simulated in tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/gate/fast_trials.hpp"

namespace interleave {

struct GateRules {
  double error = 0.01;        // that a gate of equal programs flags anything
  double bar = 0.03;          // a regression's change is that much, at least
  double control_bar = 0.02;  // how far the control kernels may be apart between the arms
  double noise_limit = 0.10;  // a cell in which only more than this would be found is too noisy
  double promised = 0.05;     // what looks slower, and may be slower by so much, does not pass
  std::uint32_t first_rounds = 10;
  std::uint32_t rounds = 30;
  std::uint32_t confirming_rounds = 20;
};

// One quantity of a cell: the log-ratios of its rounds, more than 0 being slower, and the trials they are of.
struct Rounds {
  std::vector<double> head;              // head over base, each the lower of its two trials
  std::vector<double> base_pair;         // of base's two trials: over each other, the sign by chance
  std::vector<double> head_pair;         // the same of head's
  std::vector<double> confirming;        // head over base of the fresh rounds
  std::vector<TrialCosts> trials;        // of the rounds in `head`
  std::vector<TrialCosts> fresh_trials;  // of those in `confirming`
};

// What is asked of a p99 latency: five times as much, for a tail varies more than a mean.
GateRules of_tails(GateRules rules);

struct Judged {
  const Rounds* rounds = nullptr;
  bool is_tail = false;
};

// Base in head's place; without what is fresh.
Rounds turned(const Rounds& rounds);

// After the first rounds: not even twice the standard error above it is the change as much as the bar, be it of the
// rounds or of the fast trials.
bool is_hopeless(const Rounds& rounds, const GateRules& rules);

// Which are flagged. Two exact one-sided tests share the error: the signed-rank test of the rounds, with their median
// at the bar, and that of the fast trials, with their lower quartiles at the bar; Holm over all planned.
std::vector<bool> flagged(const std::vector<Judged>& cells, std::size_t planned, const GateRules& rules);

// Whether the fresh rounds of a flagged cell say the same: one of the two tests by themselves, at least half the bar,
// and the bar together with the rounds before.
bool is_confirmed(const Rounds& rounds, const GateRules& rules);

// Whether a test at 5 % says slower, and the change may be as much as what is promised to be found: the 95 % bound of
// the more precise of the two.
bool may_be_slower(const Rounds& rounds, const GateRules& rules);

// Whether one program differs from itself by more than chance and the bar allow, in one cell of those planned or more:
// then so may one program from another, and nothing can be said.
bool pairs_are_off(const std::vector<Judged>& cells, std::size_t planned, const GateRules& rules);

// Whether a control kernel, which is one binary, differs between the arms by more than chance and its bar allow.
bool control_is_off(std::span<const double> log_ratios, std::size_t controls, const GateRules& rules);

// By robust means: 1.4826 times the median deviation; 0 where there are less than two.
double spread_of(std::span<const double> log_ratios);

// Whether rounds are too few for any cell of so many to be flagged.
bool are_too_few(std::size_t rounds, std::size_t planned, const GateRules& rules);

// The least slow-down, as a ratio less 1, that is flagged in 95 % of gates by rounds whose log-ratios are normal with
// that spread; none where no number of so few rounds can be.
std::optional<double> detectable(double spread, std::size_t planned, const GateRules& rules);

// The same by the rounds or by the fast trials, whichever finds the smaller one here; none where there are less than
// five, whose scatter tells nothing.
std::optional<double> detectable(const Rounds& rounds, std::size_t planned, const GateRules& rules);

}  // namespace interleave
