// Promise: time in which the harness itself stood still is told apart from time it waited.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "harness/machine/stall_watch.hpp"
#include "harness/trial/child.hpp"

namespace interleave {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t at(std::chrono::nanoseconds time) { return 1'000'000'000'000 + time.count(); }

TEST(StallWatch, WaitsInShortSteps) {
  StallWatch watch;
  EXPECT_EQ(watch.begin_wait(at(0s), 30s), StallWatch::kLongestWait);
  EXPECT_EQ(watch.begin_wait(at(0s), 3ms), 3ms);
  EXPECT_EQ(watch.begin_wait(at(0s), -3ms), 0ms);
}

TEST(StallWatch, ALateWakeUpIsNone) {
  StallWatch watch;
  watch.begin_wait(at(0s), 30s);
  watch.end_wait(at(StallWatch::kLongestWait + StallWatch::kTolerance));
  EXPECT_EQ(watch.stalled(), 0s);
}

TEST(StallWatch, StopsAddUp) {
  StallWatch watch;
  for (int stop = 0; stop < 2; ++stop) {
    watch.begin_wait(at(0s), 10ms);
    watch.end_wait(at(5s + 10ms));
  }
  EXPECT_EQ(watch.stalled(), 10s);
}

TEST(StallWatch, OwnWorkBetweenWaitsIsNone) {
  StallWatch watch;
  watch.begin_wait(at(0s), 10ms);
  watch.end_wait(at(10ms));
  watch.begin_wait(at(9s), 10ms);
  watch.end_wait(at(9s + 5ms));  // something happened before the time was up
  EXPECT_EQ(watch.stalled(), 0s);
}

// The child stops this process beyond the limit, and is done when it goes on.
TEST(Answers, ThatAreThereAfterAStopAreTaken) {
  const std::string script = "kill -STOP $PPID; (sleep 4; kill -CONT $PPID) >/dev/null 2>&1 & echo answered";
  EXPECT_EQ(output_of("/bin/bash", {"-c", script}, 3s), "answered\n");
}

}  // namespace
}  // namespace interleave
