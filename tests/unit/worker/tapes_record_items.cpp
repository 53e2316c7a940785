// Tape: what start and finish leave behind, across threads and forked processes.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "harness/worker/tape.hpp"

namespace interleave {
namespace {

TEST(Tape, KeepsWhatAnItemCameTo) {
  Tape tape(3);
  tape.run_starts();
  tape.start(1);
  const std::int64_t sent = now_ns();
  tape.finish({1, 418, Outcome::http_error, 77, sent + 5000, sent});
  const Record& record = tape.records()[1];
  EXPECT_GE(record.start_ns, tape.started_ns());
  EXPECT_GE(record.end_ns, record.start_ns);
  EXPECT_EQ(record.first_byte_ns, sent + 5000);
  EXPECT_EQ(record.wake_up_lag_ns, 5000U);
  EXPECT_EQ(record.status, 418);
  EXPECT_EQ(record.outcome, Outcome::http_error);
  EXPECT_EQ(record.finishes, 1);
  EXPECT_EQ(tape.digests()[1], 77U);
  EXPECT_EQ(tape.records()[0].finishes, 0);
  EXPECT_EQ(tape.records()[2].finishes, 0);
}

TEST(Tape, CountsEveryFinishAndNeverWrapsRound) {
  Tape tape(1);
  for (int i = 0; i < 257; ++i) tape.finish({0, 200, Outcome::ok, 1, 0, 0});
  EXPECT_EQ(tape.records()[0].finishes, UINT8_MAX);
  EXPECT_EQ(tape.digests()[0], 257U);
}

TEST(Tape, IgnoresAnItemThatIsNone) {
  Tape tape(2);
  tape.finish({2, 200, Outcome::ok, 1, 0, 0});
  for (const Record& record : tape.records()) EXPECT_EQ(record.finishes, 0);
}

TEST(Tape, LagIsZeroWithoutBothTimesAndSaturates) {
  Tape tape(4);
  tape.finish({0, 200, Outcome::ok, 0, 100, 0});
  tape.finish({1, 200, Outcome::ok, 0, 0, 100});
  tape.finish({2, 200, Outcome::ok, 0, 100, 200});
  tape.finish({3, 200, Outcome::ok, 0, 10'000'000'000, 1});
  EXPECT_EQ(tape.records()[0].wake_up_lag_ns, 0U);
  EXPECT_EQ(tape.records()[1].wake_up_lag_ns, 0U);
  EXPECT_EQ(tape.records()[2].wake_up_lag_ns, 0U);
  EXPECT_EQ(tape.records()[3].wake_up_lag_ns, UINT32_MAX);
}

TEST(Tape, IsSharedWithForkedProcesses) {
  Tape tape(2);
  tape.run_starts();
  const std::int64_t started = tape.started_ns();
  const pid_t child = fork();
  if (child == 0) {
    tape.start(1);
    tape.finish({1, tape.started_ns() == started ? std::uint16_t{200} : std::uint16_t{0}, Outcome::ok, 5, 0, 0});
    _exit(0);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_EQ(tape.records()[1].finishes, 1);
  EXPECT_EQ(tape.records()[1].status, 200);
  EXPECT_EQ(tape.digests()[1], 5U);
}

TEST(Tape, TakesItemsFromManyThreads) {
  constexpr std::uint32_t kItems = 4000;
  Tape tape(kItems);
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&tape, t] {
      for (std::uint32_t item = t; item < kItems; item += 4) {
        tape.start(item);
        tape.finish({item, 200, Outcome::ok, item, 0, 0});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::uint32_t item = 0; item < kItems; ++item) {
    ASSERT_EQ(tape.records()[item].finishes, 1);
    ASSERT_EQ(tape.digests()[item], item);
  }
}

}  // namespace
}  // namespace interleave
