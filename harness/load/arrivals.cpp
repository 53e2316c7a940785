// Schedules of arrivals.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/arrivals.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "harness/numbers/mix.hpp"

namespace interleave {
namespace {

enum class Kind : std::uint8_t { closed, constant, poisson };

Kind kind_of(const Settings& parameters) {
  const auto found = parameters.find("arrivals");
  if (found == parameters.end() || found->second == "closed") return Kind::closed;
  if (found->second == "constant") return Kind::constant;
  if (found->second == "poisson") return Kind::poisson;
  throw std::invalid_argument("arrivals=" + found->second + ": known are closed, constant, poisson");
}

// The next gap, in nanoseconds: exponentially distributed with that mean, from the item's own number between 0 and 1.
double exponential_gap(double mean, std::uint64_t seed, std::uint32_t item) {
  constexpr double kSteps = 9007199254740992.0;  // 2^53
  const double uniform = (static_cast<double>(mix64(seed ^ 0x6172726976616cULL, item) >> 11) + 0.5) / kSteps;
  return -mean * std::log(uniform);
}

}  // namespace

bool Arrivals::asked_by(const Load& load) { return kind_of(load.parameters) != Kind::closed; }

Arrivals::Arrivals(const Load& load) {
  const Kind kind = kind_of(load.parameters);
  const bool has_rate = load.parameters.count("rate") > 0;
  if (kind == Kind::closed) {
    if (has_rate) throw std::invalid_argument("rate= is of arrivals=constant or arrivals=poisson: set one of them");
    return;
  }
  if (!has_rate) throw std::invalid_argument("arrivals on a schedule need rate=N, items a second");
  const double mean = 1e9 / static_cast<double>(whole_number(load.parameters, "rate", 1, {1, kMostRate}));
  due_.reserve(load.items);
  double at = 0;
  for (std::uint32_t item = 0; item < load.items; ++item) {
    at = kind == Kind::constant ? mean * (item + 1.0) : at + exponential_gap(mean, load.seed, item);
    due_.push_back(std::llround(std::max(1.0, at)));
  }
}

}  // namespace interleave
