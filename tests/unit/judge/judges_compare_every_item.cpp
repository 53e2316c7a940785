// The judge: a right tape passes, and each single deviation is told by the check that is there for it, with the item at
// fault. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/judge/judge.hpp"

namespace interleave {
namespace {

constexpr std::int64_t kMs = 1'000'000, kGo = 1000 * kMs, kBegin = kGo + kMs, kOver = kGo + 35 * kMs;
constexpr std::uint32_t kItems = 6, kLanes = 2;

// Six items of 10 ms in two lanes, one pair after another: 30 ms in all.
class Judged : public testing::Test {
 protected:
  Judged() {
    tape_.header.run_starts_ns = kBegin;
    for (std::uint32_t item = 0; item < kItems; ++item) {
      const std::int64_t start = kBegin + item / kLanes * 10 * kMs;
      Record record{.start_ns = start,
                    .first_byte_ns = start + 4 * kMs,
                    .end_ns = start + 10 * kMs,
                    .server_sent_ns = start + 3 * kMs};
      record.digest = 100 + item;
      record.finishes = 1;
      tape_.records.push_back(record);
      prepared_.expected.push_back({.digest = 100 + item, .least_ns = 10 * kMs, .outcome = Outcome::ok});
    }
  }
  Judgement judgement() const {
    return judge(tape_, prepared_, kLanes, nanoseconds(30 * kMs), kind_, {.go_ns = kGo, .over_ns = kOver});
  }
  // The one reason there is, which begins like this.
  void expect(const char* check, const std::string& start) const {
    const auto reasons = judgement().reasons;
    ASSERT_EQ(reasons.size(), 1U) << (reasons.empty() ? "none" : reasons[0].sentence() + " ...");
    EXPECT_EQ(reasons[0].check, check);
    EXPECT_EQ(reasons[0].text.rfind(start, 0), 0U) << reasons[0].text;
  }
  void shift(std::uint32_t item, std::int64_t ns) {
    Record& record = tape_.records[item];
    for (std::int64_t* const each : {&record.start_ns, &record.first_byte_ns, &record.end_ns, &record.server_sent_ns})
      *each += ns;
  }

  TapeCopy tape_;
  Prepared prepared_;
  IdealKind kind_ = IdealKind::exact;
};

// Of several that race, another was first: what it comes to is known, and nobody's fault. Anything else is.
TEST_F(Judged, AnUpsetIsDisturbedAndNoFault) {
  prepared_.upsets.resize(kItems);
  prepared_.upsets[3] = {777, 888};
  tape_.records[3].digest = 888;
  expect(check::kDisturbed, "item 3: another came first");
  tape_.records[3].digest = 999;
  expect(check::kOracle, "item 3: the digest");
  tape_.records[3].digest = 103;
  tape_.records[2].digest = 888;
  expect(check::kOracle, "item 2: the digest");
}

TEST_F(Judged, ARightTapePasses) {
  const Judgement judged = judgement();
  EXPECT_TRUE(judged.reasons.empty()) << judged.reasons.front().sentence();
  EXPECT_EQ(judged.outcomes[static_cast<std::size_t>(Outcome::ok)], kItems);
  EXPECT_EQ(judged.makespan, nanoseconds(30 * kMs));
  EXPECT_EQ(judged.peak_in_flight, kLanes);
  EXPECT_EQ(judged.times.service.max, 10 * kMs);
  EXPECT_EQ(judged.times.first_byte.p50, 4 * kMs);
  EXPECT_EQ(judged.times.wake_up_lag.p99, kMs);
  EXPECT_DOUBLE_EQ(judged.times.mean_in_flight, 2.0);
  EXPECT_EQ(judged.times.first_end_ns, 10 * kMs);
  EXPECT_EQ(judged.times.last_end_ns, 30 * kMs);
}
TEST_F(Judged, AMissingItem) {
  tape_.records[3].finishes = 0;
  expect(check::kOracle, "item 3: no outcome");
  EXPECT_EQ(judgement().missing, 1U);
}
TEST_F(Judged, NothingAtAll) {
  for (Record& record : tape_.records) record = {};
  expect(check::kOracle, "item 0: no outcome (and 5 more items)");
}
TEST_F(Judged, ADoubledItem) {
  tape_.records[3].finishes = 2;
  tape_.records[3].digest *= 2;
  expect(check::kOracle, "item 3: finished 2 times");
}
TEST_F(Judged, AnotherOutcome) {
  tape_.records[3].outcome = Outcome::reset;
  expect(check::kOracle, "item 3: expected OK, came to RESET");
  EXPECT_EQ(judgement().wrong, 1U);
}
TEST_F(Judged, AnotherContent) {
  tape_.records[3].digest ^= 1;
  expect(check::kOracle, "item 3: the digest of its content is 0000000000000066, expected 0000000000000067");
  EXPECT_EQ(judgement().wrong, 1U) << "content counts as wrong";
}
TEST_F(Judged, ContentThatTwoItemsHaveSwappedAddsUpAndIsWrong) {
  std::swap(tape_.records[3].digest, tape_.records[4].digest);
  expect(check::kOracle, "item 3: ");
  EXPECT_EQ(judgement().wrong, 2U);
}
TEST_F(Judged, ACopyOfAnotherItemsRecord) {
  tape_.records[3] = tape_.records[2];
  expect(check::kOracle, "item 3: ");
}
TEST_F(Judged, AnItemThatEndsEarly) {
  tape_.records[3].end_ns -= 1;
  expect(check::kEarly, "item 3: over after 10.000 ms, it takes 10.000 ms at least");
}
TEST_F(Judged, AnItemThatIsOverBeforeItsTime) {
  prepared_.expected[3].not_before_ns = 21 * kMs;
  expect(check::kEarly, "item 3: over 20.000 ms after the start, which it may be from 21.000 ms on");
}
TEST_F(Judged, HowLateItemsAreThatHaveATimeOfTheRun) {
  for (std::uint32_t item = 0; item < kItems; ++item) {
    tape_.records[item].first_byte_ns = 0;
    prepared_.expected[item].not_before_ns = tape_.records[item].end_ns - tape_.header.run_starts_ns - item * kMs;
  }
  const Judgement judged = judgement();
  EXPECT_TRUE(judged.reasons.empty()) << judged.reasons.front().sentence();
  EXPECT_EQ(judged.times.wake_up_lag.p50, 2 * kMs);
  EXPECT_EQ(judged.times.wake_up_lag.max, 5 * kMs);
}
TEST_F(Judged, MoreUnderWayThanAsked) {
  shift(2, -kMs);
  expect(check::kOverlap, "3 items under way at once, 2 were asked for");
}
TEST_F(Judged, AnItemMayBeginInTheMomentInWhichAnotherEnds) {
  EXPECT_EQ(tape_.records[2].start_ns, tape_.records[0].end_ns);
  EXPECT_EQ(judgement().peak_in_flight, 2U);
}
TEST_F(Judged, ALaneThatIsNotFree) {
  for (std::uint32_t item = 0; item < kItems; ++item) tape_.records[item].lane = 1 + item % kLanes;
  EXPECT_TRUE(judgement().reasons.empty());
  tape_.records[1].lane = 1;
  expect(check::kOverlap, "item 1: taken up in lane 1, which was not free");
}
TEST_F(Judged, ALaneThatIsNone) {
  tape_.records[1].lane = kLanes + 1;
  expect(check::kTape, "item 1: ");
}
TEST_F(Judged, AnOutcomeThatIsNone) {
  tape_.records[1].outcome = static_cast<Outcome>(200);
  expect(check::kTape, "item 1: outcome 200");
}
TEST_F(Judged, ItemsOutOfOrder) {
  std::swap(tape_.records[0].start_ns, tape_.records[4].start_ns);
  std::swap(tape_.records[0].end_ns, tape_.records[4].end_ns);
  std::swap(tape_.records[1].start_ns, tape_.records[5].start_ns);
  std::swap(tape_.records[1].end_ns, tape_.records[5].end_ns);
  for (Record& record : tape_.records) record.first_byte_ns = 0;
  expect(check::kOrder, "item 4: taken up while 4 items before it were not, with 2 in flight");
}
TEST_F(Judged, NeighboursMayBeTakenUpInEitherOrder) {
  tape_.records[0].start_ns += 5;  // a thread that has item 0 and is not running yet
  tape_.records[0].end_ns += 5;
  tape_.records[2].start_ns += 5;
  tape_.records[2].end_ns += 5;
  tape_.records[4].start_ns += 5;
  tape_.records[4].end_ns += 5;
  EXPECT_TRUE(judgement().reasons.empty()) << judgement().reasons.front().sentence();
}
TEST_F(Judged, RecordsFromBeforeTheRun) {
  shift(0, -2 * kMs);
  expect(check::kWindow, "item 0: ");
}
TEST_F(Judged, RecordsFromAfterTheRun) {
  shift(5, 20 * kMs);
  expect(check::kWindow, "item 5: ");
}
TEST_F(Judged, AStartOfTheRunThatIsLaterThanItsItems) {
  tape_.header.run_starts_ns = kBegin + 1;
  const auto reasons = judgement().reasons;
  EXPECT_TRUE(
      std::any_of(reasons.begin(), reasons.end(), [](const Reason& each) { return each.check == check::kWindow; }));
}
TEST_F(Judged, AMakespanBelowTheIdeal) {
  for (Expectation& each : prepared_.expected) each.least_ns = 0;
  for (std::uint32_t item = 0; item < kItems; ++item) {
    tape_.records[item].start_ns = kBegin + item / kLanes * 5 * kMs;
    tape_.records[item].end_ns = tape_.records[item].start_ns + 5 * kMs;
    tape_.records[item].first_byte_ns = tape_.records[item].start_ns;
  }
  expect(check::kMakespan, "15.000 ms, which cannot be below 30.000 ms");
  kind_ = IdealKind::none;
  EXPECT_TRUE(judgement().reasons.empty());
  kind_ = IdealKind::calibrated;  // how fast a core computes wobbles
  EXPECT_TRUE(judgement().reasons.empty());
}
TEST_F(Judged, AnIdealThatIsOffByATenthIsSeen) {
  const auto with_ideal = [&](std::int64_t ms) {
    return judge(tape_, prepared_, kLanes, nanoseconds(ms * kMs), kind_, {.go_ns = kGo, .over_ns = kOver})
        .reasons.size();
  };
  EXPECT_EQ(with_ideal(30), 0U);
  EXPECT_EQ(with_ideal(33), 1U);
}
// Half of what had ended by then was not written down yet.
TEST_F(Judged, RecordsThatAreWrittenWhenAllIsOver) {
  TapeLook look{.at_ns = kBegin + 31 * kMs, .ended = std::vector<bool>(kItems, true)};
  EXPECT_EQ(why_written_late(tape_, {look}), std::nullopt);
  look.ended[0] = look.ended[1] = false;
  EXPECT_EQ(why_written_late(tape_, {look}), std::nullopt) << "a writer may want for a core";
  look.ended.assign(kItems, false);
  EXPECT_EQ(why_written_late(tape_, {look}), "of 4 items that had ended, 4 were written down later");
  look.at_ns = kBegin + 15 * kMs;
  EXPECT_EQ(why_written_late(tape_, {look}), std::nullopt) << "just now";
}
TEST_F(Judged, BytesBehindTheLastRecord) {
  tape_.guard_intact = false;
  expect(check::kTape, "bytes behind the last record were written");
}
TEST_F(Judged, ALateBeginIsADisturbanceAndNoFault) {
  tape_.header.run_starts_ns = kGo + 31 * kMs;
  for (std::uint32_t item = 0; item < kItems; ++item) shift(item, 30 * kMs);
  const auto reasons =
      judge(tape_, prepared_, kLanes, nanoseconds(30 * kMs), kind_, {.go_ns = kGo, .over_ns = kGo + 90 * kMs}).reasons;
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_EQ(reasons[0].check, check::kDisturbed);
}
TEST_F(Judged, ARunThatBeganBeforeItWasLetGo) {
  tape_.header.run_starts_ns = kGo - 1;
  expect(check::kWindow, "the run began, by its worker, while it was not let go");
}
TEST_F(Judged, ARunThatDoesNotSayWhenItBegan) {
  tape_.header.run_starts_ns = 0;
  expect(check::kWindow, "the worker does not say when its run began");
}
TEST_F(Judged, TimesThatWrap) {
  for (const std::int64_t begin : {INT64_MIN, INT64_MAX, kBegin}) {
    tape_.header.run_starts_ns = begin;
    tape_.records[1].start_ns = INT64_MIN;
    tape_.records[1].end_ns = INT64_MAX;
    tape_.records[2].first_byte_ns = INT64_MIN;
    tape_.records[3].server_sent_ns = INT64_MIN;
    tape_.records[4].due_ns = INT64_MAX;
    const auto reasons = judgement().reasons;
    EXPECT_TRUE(
        std::any_of(reasons.begin(), reasons.end(), [](const Reason& each) { return each.check == check::kWindow; }));
  }
}
TEST_F(Judged, AFirstByteFromAnotherTime) {
  tape_.records[2].first_byte_ns = tape_.records[2].end_ns + 1;
  expect(check::kWindow, "item 2: its first byte came not while it was from 11.000 to 21.000 ms");
}
TEST_F(Judged, AReplyFromBeforeTheRun) {
  tape_.records[2].server_sent_ns = kGo - 1;
  expect(check::kWindow, "item 2: it was answered outside of the run");
}
TEST_F(Judged, AnItemThatWasDueAtATimeOfItsOwn) {
  tape_.records[2].due_ns = kBegin + 5 * kMs;
  expect(check::kWindow, "item 2: it was due at another time");
}
TEST_F(Judged, WhatIsReservedIsZero) {
  tape_.records[2].reserved = 7;
  expect(check::kTape, "item 2: outcome 0, lane 0 and reserved 7");
}
TEST_F(Judged, AHeadThatWasWrittenOver) {
  tape_.header_intact = false;
  expect(check::kTape, "the head of the tape was written over");
}
// A worker that says so late that it is over, or began, has used the time.
TEST_F(Judged, AMakespanByTheHarnesssOwnClock) {
  EXPECT_EQ(judgement().makespan, nanoseconds(30 * kMs));
  const Judgement late =
      judge(tape_, prepared_, kLanes, nanoseconds(30 * kMs), kind_, {.go_ns = kGo, .over_ns = kGo + 100 * kMs});
  EXPECT_EQ(late.makespan, nanoseconds(95 * kMs - 2 * 30'000));
}

TEST_F(Judged, EfficiencyIsThereWhereThereIsAnIdeal) {
  EXPECT_DOUBLE_EQ(nlohmann::json(judgement()).at("efficiency").get<double>(), 1.0);
  const Judgement without =
      judge(tape_, prepared_, kLanes, nanoseconds(0), IdealKind::none, {.go_ns = kGo, .over_ns = kOver});
  EXPECT_FALSE(nlohmann::json(without).contains("efficiency"));
}

}  // namespace
}  // namespace interleave
