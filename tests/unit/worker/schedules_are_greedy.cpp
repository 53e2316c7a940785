// list_schedule() against a simulation that advances nanosecond by nanosecond.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "harness/load/schedule.hpp"
#include "harness/numbers/mix.hpp"

namespace interleave {
namespace {

// Each tick every lane that is free takes the next item.
std::int64_t by_simulation(const std::vector<std::int64_t>& holds, std::uint32_t lanes,
                           const std::vector<std::int64_t>& dues) {
  std::vector<std::int64_t> left(lanes);
  std::size_t next = 0;
  for (std::int64_t time = 0;; ++time) {
    bool busy = false;
    for (std::int64_t& lane : left) {
      if (lane > 0) --lane;
      while (lane == 0 && next < holds.size() && dues[next] <= time) lane = holds[next++];
      busy = busy || lane > 0;
    }
    if (!busy && next == holds.size()) return time;
  }
}

TEST(ListSchedule, AgreesWithASimulation) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto items = static_cast<std::uint32_t>(1 + mix64(seed, 1) % 40);
    const auto lanes = static_cast<std::uint32_t>(1 + mix64(seed, 2) % 12);
    std::vector<std::int64_t> holds, dues, at_once(items, 0);
    for (std::uint32_t item = 0; item < items; ++item) {
      holds.push_back(static_cast<std::int64_t>(1 + mix64(seed, 10 + item) % 50));
      dues.push_back((item == 0 ? 0 : dues.back()) + static_cast<std::int64_t>(mix64(seed, 100 + item) % 20));
    }
    const auto hold = [&](std::uint32_t item) { return nanoseconds(holds[item]); };
    const auto due = [&](std::uint32_t item) { return nanoseconds(dues[item]); };
    ASSERT_EQ(list_schedule(items, lanes, hold).count(), by_simulation(holds, lanes, at_once)) << "seed " << seed;
    ASSERT_EQ(list_schedule(items, lanes, hold, due).count(), by_simulation(holds, lanes, dues)) << "seed " << seed;
  }
}

TEST(ListSchedule, HasTheObviousEnds) {
  const auto hold = [](std::uint32_t item) { return nanoseconds(item + 1); };
  EXPECT_EQ(list_schedule(10, 1, hold).count(), 55);
  EXPECT_EQ(list_schedule(10, 10, hold).count(), 10);
  EXPECT_EQ(list_schedule(10, 99, hold).count(), 10);
  EXPECT_EQ(list_schedule(0, 3, hold).count(), 0);
}

TEST(ListSchedule, AsksForEachHoldOnce) {
  std::vector<int> asked(20);
  list_schedule(20, 3, [&](std::uint32_t item) {
    ++asked[item];
    return nanoseconds(item);
  });
  EXPECT_EQ(asked, std::vector<int>(20, 1)) << "a hold may count what it is asked";
}

}  // namespace
}  // namespace interleave
