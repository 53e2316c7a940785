// Where a series of figures steps from one level to another.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace interleave {

struct ChangeRules {
  double least = 0.02;       // a step of the medians, in logarithms, below which none is told
  double error = 0.01;       // of the rank test between the two stretches
  std::size_t shortest = 3;  // figures of a stretch
};

struct ChangePoint {
  std::size_t at = 0;            // place of the first figure of the new level
  double before = 0, after = 0;  // medians of the stretches on either side, as the series has them
};

// The stretches that fit the series best: the sum of distances to their medians, in units of the noise, and a price for
// each stretch of 3 ln n (optimal partitioning, Jackson et al., "An algorithm for optimal partitioning of data on an
// interval", IEEE Signal Processing Letters 2005, with an absolute cost, which an outlier does not bend). A step stays
// where it is as large as `least` and the rank test of Mann and Whitney tells its sides apart; stretches that are not
// told apart become one. `series` are logarithms of costs; no NaN. In order of place; nothing is drawn by lot.
std::vector<ChangePoint> change_points(std::span<const double> series, const ChangeRules& rules = {});

}  // namespace interleave
