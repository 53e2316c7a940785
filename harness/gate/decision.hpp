// What the gate concludes from the rounds of its cells; pure, and simulated in tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace interleave {

struct GateRules {
  double error = 0.01;        // that a gate of equal programs flags anything
  double bar = 0.03;          // a regression's median is that much slower, at least
  double control_bar = 0.02;  // how far the control kernels may be apart between the arms
  double noise_limit = 0.10;  // a cell in which only more than this would be found is too noisy
  std::uint32_t first_rounds = 10;
  std::uint32_t rounds = 30;
  std::uint32_t confirming_rounds = 20;
};

// One quantity of a cell: the log-ratios of its rounds, more than 0 being slower.
struct Rounds {
  std::vector<double> head;        // head over base, each the lower of its two trials
  std::vector<double> base_pair;   // of base's two trials: over each other, the sign by chance
  std::vector<double> head_pair;   // the same of head's
  std::vector<double> confirming;  // head over base of the fresh rounds
};

// After the first rounds: not even twice the standard error above its median is it as slow as the bar.
bool is_hopeless(std::span<const double> log_ratios, const GateRules& rules);

// Which are flagged: by the exact one-sided signed-rank test, Holm over all planned, and by the median.
std::vector<bool> flagged(const std::vector<std::span<const double>>& cells, std::size_t planned,
                          const GateRules& rules);

// Whether the fresh rounds of a flagged cell say the same: the test by themselves, at least half the bar, and the bar
// together with the rounds before.
bool is_confirmed(const Rounds& rounds, const GateRules& rules);

// Whether one program differs from itself by more than chance and the bar allow, in one cell of those planned or more:
// then so may one program from another, and nothing can be said.
bool pairs_are_off(const std::vector<const Rounds*>& cells, std::size_t planned, const GateRules& rules);

// Whether a control kernel, which is one binary, differs between the arms by more than chance and its bar allow.
bool control_is_off(std::span<const double> log_ratios, std::size_t controls, const GateRules& rules);

// By robust means: 1.4826 times the median deviation; 0 where there are less than two.
double spread_of(std::span<const double> log_ratios);

// The least slow-down, as a ratio less 1, that is flagged in 95 % of gates, were log-ratios normal with that spread;
// none where no number of so few rounds can be.
std::optional<double> detectable(double spread, std::size_t planned, const GateRules& rules);

}  // namespace interleave
