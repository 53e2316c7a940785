// Items on a schedule: latency counts from when an item was due, so nothing is omitted; what arrives faster than it is
// done is overloaded, and a stall that is made up for is not.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/judge/judge.hpp"

namespace interleave {
namespace {

constexpr std::int64_t kMs = 1'000'000, kGo = 1000 * kMs, kBegin = kGo + kMs;

// One lane, an item each millisecond that takes half of one; but item `stalled` takes `stall`.
class Scheduled : public testing::Test {
 protected:
  void make(std::uint32_t items, std::int64_t hold, std::uint32_t stalled = 0, std::int64_t stall = 0) {
    tape_.header.run_starts_ns = kBegin;
    std::int64_t free_at = kBegin;
    for (std::uint32_t item = 0; item < items; ++item) {
      const std::int64_t due = (item + 1) * kMs;
      Record record{.start_ns = std::max(free_at, kBegin + due)};
      record.due_ns = kBegin + due;
      record.end_ns = free_at = record.start_ns + (stall != 0 && item == stalled ? stall : hold);
      record.finishes = 1;
      tape_.records.push_back(record);
      prepared_.inputs.push_back({.due_ns = due});
      prepared_.expected.push_back({.outcome = Outcome::ok});
    }
    over_ = free_at + kMs;
  }
  Judgement judgement() const {
    return judge(tape_, prepared_, 1, nanoseconds(0), IdealKind::none, {.go_ns = kGo, .over_ns = over_});
  }
  TapeCopy tape_;
  Prepared prepared_;
  std::int64_t over_ = 0;
};

TEST_F(Scheduled, ASystemThatKeepsUpHasNoLag) {
  make(1000, kMs / 2);
  const Judgement judged = judgement();
  ASSERT_TRUE(judged.reasons.empty()) << judged.reasons.front().sentence();
  ASSERT_TRUE(judged.arrivals);
  EXPECT_EQ(judged.arrivals->start_lag.max, 0);
  EXPECT_EQ(judged.arrivals->latency.p99, kMs / 2);
  EXPECT_EQ(judged.arrivals->unstarted, 0U);
}

// 100 ms during which items came: it takes another 100 until nobody waits, and all that time is in the percentiles.
TEST_F(Scheduled, AStallCastsItsWholeShadow) {
  make(1000, kMs / 2, 300, 100 * kMs);
  const Judgement judged = judgement();
  ASSERT_TRUE(judged.reasons.empty()) << judged.reasons.front().sentence();
  EXPECT_FALSE(judged.arrivals->overloaded);
  EXPECT_GE(judged.arrivals->latency.p90, 40 * kMs) << "a fifth of all items came in its shadow";
  EXPECT_GE(judged.arrivals->latency.p99, 90 * kMs);
  EXPECT_LE(judged.times.service.p99, kMs / 2) << "what a closed loop would have told: one slow item in a thousand";
}

TEST_F(Scheduled, WhatComesFasterThanItIsDoneIsOverloaded) {
  make(1000, kMs * 11 / 10);
  const Judgement judged = judgement();
  ASSERT_EQ(judged.reasons.size(), 1U);
  EXPECT_EQ(judged.reasons[0].check, check::kOverloaded);
  EXPECT_NE(judged.reasons[0].text.find("90 of 1000"), std::string::npos) << judged.reasons[0].text;
  EXPECT_TRUE(judged.arrivals->overloaded);
  const nlohmann::json told = judged;
  EXPECT_FALSE(told.contains("latency_ns")) << "it depends on how long one measures";
  EXPECT_EQ(told.at("unstarted"), judged.arrivals->unstarted);
}

// Wherever it falls: only what is behind it shows whether it is made up for.
TEST_F(Scheduled, NoStallThatIsMadeUpForIsOverload) {
  for (std::uint32_t stalled = 0; stalled < 800; stalled += 10) {
    tape_ = {};
    prepared_ = {};
    make(1000, kMs / 2, stalled, 300 * kMs);
    EXPECT_FALSE(judgement().arrivals->overloaded) << "the stall is at item " << stalled;
  }
}

TEST_F(Scheduled, AnItemThatIsTakenUpBeforeItIsDueIsEarly) {
  make(10, kMs / 2);
  tape_.records[4].start_ns -= 2 * kMs / 10;
  const Judgement judged = judgement();
  ASSERT_EQ(judged.reasons.size(), 1U);
  EXPECT_EQ(judged.reasons[0].sentence(), "early: item 4: taken up 0.200 ms before it was due");
}

TEST_F(Scheduled, WithoutAScheduleThereIsNothingToTell) {
  make(10, kMs / 2);
  for (ItemInput& input : prepared_.inputs) input.due_ns = 0;
  EXPECT_FALSE(judgement().arrivals);
}

}  // namespace
}  // namespace interleave
