// Order statistics: medians, sign tests, and intervals of the median.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

namespace interleave {

// P(X <= k) of X ~ Binomial(n, p).
double binomial_at_most(std::size_t n, std::size_t k, double p);

// The middle value, or the mean of the two middle ones (0 where those are the two infinities). Not of an empty set.
double median_of(std::vector<double> values);

// The largest k >= 1 for which [k-th smallest, k-th largest] of n values covers the median with probability >= 1 -
// alpha, whatever the distribution; none if even the whole range does not. By the binomial distribution with p = 1/2.
std::optional<std::size_t> interval_rank(std::size_t n, double alpha);

struct Interval {
  double low, high;
};
std::optional<Interval> median_interval(std::vector<double> values, double alpha);

// Exact p of "the median is at or below `against`" by the sign test; values equal to it count as evidence for it.
double p_above(const std::vector<double>& values, double against);
double p_below(const std::vector<double>& values, double against);
// Two-sided, that the median is 0. p <= alpha exactly when median_interval(values, alpha) leaves 0 out.
double p_differs(const std::vector<double>& values);

}  // namespace interleave
