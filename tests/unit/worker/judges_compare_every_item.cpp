// judge(): wrong, dropped, doubled and altered items are each found; times are quantiles by nearest rank.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/worker/judge.hpp"

namespace interleave {
namespace {

Expected expected(std::uint32_t item) { return {item == 3 ? Outcome::timeout : Outcome::ok, item + 100U}; }

void do_right(Tape& tape, std::uint32_t item) {
  tape.start(item);
  tape.finish({item, 200, expected(item).outcome, expected(item).digest, 0, 0});
}

TEST(Judge, FindsNothingWrongWhereNothingIs) {
  Tape tape(5);
  for (std::uint32_t item = 5; item-- != 0;) do_right(tape, item);
  const Judgement judgement = judge(tape, expected);
  EXPECT_TRUE(judgement.right());
  EXPECT_EQ(judgement.first_fault, "");
  EXPECT_EQ(judgement.outcomes[static_cast<std::size_t>(Outcome::ok)], 4U);
  EXPECT_EQ(judgement.outcomes[static_cast<std::size_t>(Outcome::timeout)], 1U);
  EXPECT_EQ(judgement.digest, 510U);
  EXPECT_EQ(judgement.expected_digest, 510U);
}

TEST(Judge, FindsADroppedItem) {
  Tape tape(3);
  do_right(tape, 0);
  do_right(tape, 2);
  const Judgement judgement = judge(tape, expected);
  EXPECT_FALSE(judgement.right());
  EXPECT_EQ(judgement.missing, 1U);
  EXPECT_EQ(judgement.first_fault, "item 1: no outcome");
}

TEST(Judge, FindsADoubledItem) {
  Tape tape(2);
  do_right(tape, 0);
  do_right(tape, 1);
  do_right(tape, 1);
  const Judgement judgement = judge(tape, expected);
  EXPECT_FALSE(judgement.right());
  EXPECT_EQ(judgement.doubled, 1U);
  EXPECT_EQ(judgement.first_fault, "item 1: finished 2 times");
}

TEST(Judge, FindsAWrongOutcome) {
  Tape tape(2);
  do_right(tape, 0);
  tape.finish({1, 200, Outcome::reset, 101, 0, 0});
  const Judgement judgement = judge(tape, expected);
  EXPECT_FALSE(judgement.right());
  EXPECT_EQ(judgement.wrong, 1U);
  EXPECT_EQ(judgement.first_fault, "item 1: expected OK, came to RESET");
}

TEST(Judge, FindsAlteredContent) {
  Tape tape(2);
  do_right(tape, 0);
  tape.finish({1, 200, Outcome::ok, 102, 0, 0});
  const Judgement judgement = judge(tape, expected);
  EXPECT_FALSE(judgement.right());
  EXPECT_EQ(judgement.wrong, 0U);
  EXPECT_EQ(judgement.first_fault, "item 1: the digest of its content is not the oracle's");
}

TEST(Judge, LetsWorkMoveBetweenItemsAsLongAsTheSumIsRight) {
  Tape tape(2);
  tape.finish({0, 200, Outcome::ok, 100 + 7, 0, 0});
  tape.finish({1, 200, Outcome::ok, 101 - 7, 0, 0});
  EXPECT_TRUE(judge(tape, expected).right());
}

TEST(Times, AreQuantilesByNearestRank) {
  Tape tape(100);
  tape.run_starts();
  for (std::uint32_t item = 0; item < 100; ++item) do_right(tape, item);
  const Times times = times_of(tape, std::chrono::nanoseconds(tape.records()[99].end_ns - tape.started_ns()));
  std::vector<std::int64_t> service;
  for (const Record& record : tape.records()) service.push_back(record.end_ns - record.start_ns);
  std::sort(service.begin(), service.end());
  EXPECT_EQ(times.service.p50, service[49]);
  EXPECT_EQ(times.service.p90, service[89]);
  EXPECT_EQ(times.service.p99, service[98]);
  EXPECT_EQ(times.service.max, service[99]);
  EXPECT_EQ(times.last_end_ns, tape.records()[99].end_ns - tape.started_ns());
  EXPECT_GT(times.mean_in_flight, 0);
  EXPECT_LE(times.mean_in_flight, 1);  // one at a time
}

TEST(Times, LeaveOutItemsWithoutAnEnd) {
  Tape tape(3);
  tape.run_starts();
  tape.start(0);
  do_right(tape, 1);
  const Times times = times_of(tape, std::chrono::seconds(1));
  EXPECT_EQ(times.service.max, tape.records()[1].end_ns - tape.records()[1].start_ns);
  EXPECT_EQ(times.first_end_ns, times.last_end_ns);
}

}  // namespace
}  // namespace interleave
