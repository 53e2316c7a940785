// The oracle's check of a tape, and the summary of its times.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "harness/numbers/quantiles.hpp"
#include "harness/worker/tape.hpp"
#include "harness/worker/workload.hpp"

namespace interleave {

struct Judgement {
  std::array<std::uint64_t, kOutcomes> outcomes{};  // finished items by outcome
  std::uint64_t wrong = 0;                          // items whose outcome is not the oracle's
  std::uint64_t missing = 0;                        // items without an outcome
  std::uint64_t doubled = 0;                        // items finished more than once
  std::uint64_t digest = 0;                         // sum over items, mod 2^64
  std::uint64_t expected_digest = 0;
  std::string first_fault;  // the first item at fault, in words; empty if none
  bool right() const { return wrong == 0 && missing == 0 && doubled == 0 && digest == expected_digest; }
};

// Compares every item with the oracle. `expected` is called once for each item.
Judgement judge(const Tape& tape, const std::function<Expected(std::uint32_t)>& expected);

struct Times {
  Quantiles service;          // start of the item to its end
  Quantiles first_byte;       // start of the item to the first byte of its last reply
  Quantiles wake_up_lag;      // server's write to the first byte seen
  double mean_in_flight = 0;  // sum of the items' spans / makespan (Little's law)
  std::int64_t first_end_ns = 0, median_end_ns = 0, last_end_ns = 0;  // since the start of the run
};
Times times_of(const Tape& tape, std::chrono::nanoseconds makespan);

}  // namespace interleave
