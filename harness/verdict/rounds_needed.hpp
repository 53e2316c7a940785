// How many rounds would settle what a run has left open, and how surely.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

namespace interleave {

inline constexpr double kPower = 0.8;

// What is known of a pair: its log-ratios in the middle. The standard deviation is 1.4826 times the median deviation,
// for it is the middle of a sample that its median hangs on, and episodes are far out.
struct Spread {
  double median = 0, sd = 0;
};
Spread spread_of(const std::vector<double>& log_ratios);

// The interval's level is 1 - alpha; the margin is a ratio less one.
struct Bar {
  double alpha, margin;
};

// The probability that n rounds of log-ratios, normal with that median and sd, make a win or a tie, from below.
double power_to_settle(const Spread& spread, std::uint32_t n, const Bar& bar);

// The least number of rounds that settles all of the pairs with probability kPower, were they as their spreads say;
// none where 10,000 do not (a true lead of about the margin is never settled).
std::optional<std::uint32_t> rounds_needed(const std::vector<Spread>& pairs, const Bar& bar);

}  // namespace interleave
