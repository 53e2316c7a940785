// Wilcoxon's signed-rank test, exact, and Holm's procedure over many of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace interleave {

// The probability that the sum of the ranks of positive values is as large as it is, or larger, were each value's sign
// a fair coin: one-sided, exact for these very magnitudes, ties among them included. Zeros say nothing and are left
// out; 1 where nothing is left. Infinite values are the largest. At most 1,000 values.
double signed_rank_p(std::span<const double> values);

// The same of any scores instead of ranks: that their sum is as large as it is, or larger. Their magnitudes add up to
// some 100,000 at most.
double signed_score_p(std::span<const int> scores);

// The least p that so many values can have.
double least_signed_rank_p(std::size_t n);

// Which hypotheses Holm's step-down procedure rejects, so that a true one is among them with a probability of alpha at
// most. `planned` is how many there were before any was dropped, at least as many as there are here.
std::vector<bool> holm(const std::vector<double>& p, std::size_t planned, double alpha);

}  // namespace interleave
