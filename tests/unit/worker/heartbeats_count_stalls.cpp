// Loop lag: a stall counts for every beat it swallowed; the histogram's quantiles are close, its maximum exact.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ctime>

#include "harness/worker/loop_lag.hpp"

namespace interleave {
namespace {

void wait_until(std::int64_t due_ns) {
  const timespec until{due_ns / 1'000'000'000, due_ns % 1'000'000'000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) != 0) {
  }
}

TEST(LoopLag, QuantilesAreWithinEightThousandths) {
  LoopLag lag;
  for (std::int64_t ns = 1; ns <= 100'000; ++ns) lag.record(ns);
  const Quantiles q = lag.quantiles();
  EXPECT_EQ(lag.count(), 100'000U);
  EXPECT_NEAR(static_cast<double>(q.p50), 50'000, 50'000 * 0.008);
  EXPECT_NEAR(static_cast<double>(q.p90), 90'000, 90'000 * 0.008);
  EXPECT_NEAR(static_cast<double>(q.p99), 99'000, 99'000 * 0.008);
  EXPECT_EQ(q.max, 100'000);
}

TEST(LoopLag, TakesTheSmallestAndTheLargest) {
  LoopLag lag;
  EXPECT_EQ(lag.quantiles().p50, 0);
  lag.record(-5);
  EXPECT_EQ(lag.quantiles().max, 0);
  lag.record(INT64_MAX);
  EXPECT_EQ(lag.quantiles().max, INT64_MAX);
  EXPECT_EQ(lag.count(), 2U);
}

TEST(LoopLag, IsSharedWithForkedProcesses) {
  LoopLag lag;
  const pid_t child = fork();
  if (child == 0) {
    lag.record(42);
    _exit(0);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_EQ(lag.count(), 1U);
  EXPECT_EQ(lag.quantiles().max, 42);
}

TEST(Heartbeat, AnEarlyBeatRecordsNothing) {
  for (bool early = false; !early;) {  // on a busy machine this thread may miss the ten milliseconds: then once more
    LoopLag lag;
    Load load;
    load.loop_lag = &lag;
    Heartbeat heartbeat(load);
    const std::int64_t due = heartbeat.next_ns();
    heartbeat.beat();
    early = now_ns() < due;
    if (!early) continue;
    EXPECT_EQ(lag.count(), 0U);
    EXPECT_EQ(heartbeat.next_ns(), due);
  }
}

TEST(Heartbeat, AStallCountsForEveryBeatItSwallowed) {
  LoopLag lag;
  Load load;
  load.loop_lag = &lag;
  Heartbeat heartbeat(load);
  const std::int64_t due = heartbeat.next_ns();
  wait_until(due + 95'000'000);  // the beats due at 0, 10, ... 90 ms are all late
  heartbeat.beat();
  EXPECT_GE(lag.count(), 10U);
  EXPECT_GE(lag.quantiles().max, 95'000'000);
  EXPECT_GE(lag.quantiles().p50, 40'000'000);
  EXPECT_GT(heartbeat.next_ns(), due + 95'000'000);
}

TEST(Heartbeat, IsOffWhereTheLoadDoesNotAsk) {
  Load load;
  Heartbeat heartbeat(load);
  EXPECT_FALSE(static_cast<bool>(heartbeat));
  heartbeat.beat();
}

}  // namespace
}  // namespace interleave
