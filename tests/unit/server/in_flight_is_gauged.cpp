// The gauge of requests in flight: peak, mean and plateau of changes that may be told out of order.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "harness/server/in_flight.hpp"

namespace interleave {
namespace {

TEST(InFlight, MeanIsTheIntegralOverTheTime) {
  InFlight gauge;
  gauge.change(+1, 100);
  gauge.change(+1, 200);
  gauge.change(-1, 400);
  gauge.change(-1, 500);
  EXPECT_EQ(gauge.peak(), 2U);
  EXPECT_EQ(gauge.now(), 0U);
  EXPECT_DOUBLE_EQ(gauge.mean(), (1 * 100 + 2 * 200 + 1 * 100) / 400.0);
}

TEST(InFlight, AChangeToldLateCountsFromWhenItWasTold) {
  InFlight gauge;
  gauge.change(+1, 100);
  gauge.change(+1, 300);
  gauge.change(-1, 250);  // another shard looked at the clock before, and was told after
  gauge.change(-1, 500);
  EXPECT_EQ(gauge.peak(), 2U);
  EXPECT_DOUBLE_EQ(gauge.mean(), (1 * 200 + 0 * 2 + 1 * 200) / 400.0);
}

TEST(InFlight, ThePlateauEndsWithTheLastArrival) {
  InFlight gauge;
  gauge.ask(2);
  gauge.change(+1, 100);
  gauge.last_arrival();
  EXPECT_EQ(gauge.plateau_share(), 0);
  gauge.change(+1, 200);
  gauge.last_arrival();
  gauge.change(-1, 300);
  gauge.change(+1, 400);
  gauge.last_arrival();
  gauge.change(-1, 900);
  EXPECT_DOUBLE_EQ(gauge.plateau_share(), 0.5);
}

// As ten lanes are that are all at work: each is between two items for a moment, and another one then is not.
double share_with_missing(std::uint64_t asked, std::uint64_t missing) {
  InFlight gauge;
  gauge.ask(asked);
  for (std::uint64_t lane = 0; lane < asked; ++lane) gauge.change(+1, 1000);
  for (std::uint64_t lane = 0; lane < missing; ++lane) gauge.change(-1, 1000);
  gauge.change(+1, 2000);
  gauge.last_arrival();
  return gauge.plateau_share();
}

TEST(InFlight, WhatMayBeMissingIsFivePercentOrOneOfFiveAndMore) {
  for (const std::uint64_t asked : {5U, 10U, 19U, 20U, 39U}) {
    EXPECT_EQ(share_with_missing(asked, 1), 1) << asked;
    EXPECT_EQ(share_with_missing(asked, 2), 0) << asked;
  }
  EXPECT_EQ(share_with_missing(100, 5), 1);
  EXPECT_EQ(share_with_missing(100, 6), 0);
  for (const std::uint64_t asked : {1U, 2U, 4U}) EXPECT_EQ(share_with_missing(asked, 1), 0) << asked;
}

TEST(InFlight, OneOfTenMayBeBetweenTwoItems) {
  InFlight gauge;
  gauge.ask(10);
  std::int64_t now = 0;
  for (int lane = 0; lane < 10; ++lane) gauge.change(+1, now);
  for (int item = 0; item < 100; ++item) {
    gauge.change(-1, now += 10);
    gauge.change(+1, now += 10);
    gauge.last_arrival();
  }
  EXPECT_EQ(gauge.plateau_share(), 1);
  gauge.change(-1, now);
  gauge.change(-1, now);
  gauge.change(+1, now += 2000);
  gauge.last_arrival();
  EXPECT_NEAR(gauge.plateau_share(), 0.5, 0.01) << "two of them are missed";
}

TEST(InFlight, ThereIsNoPlateauWhereOnlyRetriesReachIt) {
  InFlight gauge;
  gauge.ask(2);
  gauge.change(+1, 100);
  gauge.last_arrival();
  gauge.change(+1, 200);
  gauge.change(-1, 300);
  EXPECT_EQ(gauge.plateau_share(), 0);
}

}  // namespace
}  // namespace interleave
