// The ratio of two groups of values that are not paired, and where its true value is, from ranks alone.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "harness/verdict/intervals.hpp"

namespace interleave {

// Of the m n pairs of a value here and one there, in how many orders (as a share of all) just u have the first above
// the second: the null distribution of Mann and Whitney's U, u from 0 to m n.
std::vector<double> mann_whitney_shares(std::size_t m, std::size_t n);

// How many of the m n sorted ratios may be cut off at each end, so that the true one is cut off with a probability of
// alpha at most; 0 where even the whole range says less. Exact up to 10,000 pairs, by the normal distribution beyond.
std::size_t mann_whitney_cut(std::size_t m, std::size_t n, double alpha);

// The least number of rounds on each side that gives an interval.
std::size_t rounds_for_interval(double alpha);

struct RatioOfGroups {
  double ratio = 1;                  // the median of the ratios of each value here to each there (Hodges and Lehmann)
  std::optional<Interval> interval;  // of that ratio (Moses); none where there are too few values for alpha
};

// All values are above 0 and may be infinite, which is worse than any number and as bad as another infinite one;
// there is one at least on each side.
RatioOfGroups ratio_of_groups(std::span<const double> here, std::span<const double> there, double alpha);

}  // namespace interleave
