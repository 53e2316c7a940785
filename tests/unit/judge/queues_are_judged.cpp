// What went through a bounded queue: a right tape passes, and each deviation is told.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "harness/judge/judge.hpp"

namespace interleave {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::uint32_t kItems = 6, kCapacity = 2;

// One producer, one consumer, two places: an item is ready each millisecond and takes ten, so that the fourth and all
// after it wait for room.
class Passed : public testing::Test {
 protected:
  Passed() {
    for (std::uint32_t item = 0; item < kItems; ++item) {
      const std::int64_t taken = kMs + item * 10 * kMs;
      const bool waits = item > kCapacity;
      const std::int64_t put = waits ? taken - kCapacity * 10 * kMs : (item + 1) * kMs;
      const std::int64_t ready = waits ? records_.back().server_sent_ns + kMs : put;
      Record record{.start_ns = ready, .first_byte_ns = taken, .end_ns = taken + 10 * kMs, .server_sent_ns = put};
      record.digest = 100 + item;
      record.lane = 1;
      record.status = waits ? 1 : 0;
      record.finishes = 1;
      records_.push_back(record);
    }
  }
  Passage passage() const { return passage_of(records_, {.consumers = 1, .capacity = kCapacity}, 0); }
  void expect(const std::string& text) const {
    const auto reasons = passage().reasons;
    ASSERT_EQ(reasons.size(), 1U);
    EXPECT_EQ(reasons[0].check, check::kQueue);
    EXPECT_EQ(reasons[0].text, text);
  }
  std::vector<Record> records_;
};

TEST_F(Passed, ARightTapeTellsItsBackPressure) {
  const Passage passed = passage();
  EXPECT_TRUE(passed.reasons.empty()) << passed.reasons.front().text;
  EXPECT_EQ(passed.most_at_once, kCapacity);
  EXPECT_EQ(passed.blocked, 3U);
  EXPECT_EQ(passed.blocked_ns, (7 + 9 + 9) * kMs);
  EXPECT_EQ(passed.queued.max, 20 * kMs);
  EXPECT_EQ(passed.queued.p50, 18 * kMs);
}
TEST_F(Passed, MoreAtOnceThanItHolds) {
  records_[3].server_sent_ns = records_[3].start_ns = 4 * kMs;
  expect("3 items were in the queue at once, which holds 2");
}
TEST_F(Passed, LastInFirstOut) {
  for (auto field : {&Record::first_byte_ns, &Record::end_ns}) std::swap(records_[1].*field, records_[2].*field);
  expect("item 1: one that came behind it was taken before it");
}
// Two consumers that were both waiting may stamp in any order what they got in the right one.
TEST_F(Passed, WhoWasAskedForBeforeIsNotOvertaken) {
  std::vector<Record> two(records_.begin(), records_.begin() + 2);
  two[1].first_byte_ns = two[1].server_sent_ns;
  two[1].end_ns = two[1].first_byte_ns + kMs;
  two[1].lane = 2;
  two[0].first_byte_ns = two[1].first_byte_ns + 5 * kMs;
  two[0].end_ns = two[0].first_byte_ns + kMs;
  EXPECT_TRUE(passage_of(two, {.consumers = 2, .capacity = 1}, 0).reasons.empty());
}
TEST_F(Passed, AConsumerWithTwoItems) {
  records_[1].first_byte_ns -= kMs;
  expect("item 1: taken by consumer 1, which had another");
}
TEST_F(Passed, AConsumerThatIsNone) {
  records_[4].lane = 2;
  expect("item 4: taken by consumer 2 of 1");
  records_[4].lane = 0;
  expect("item 4: taken by consumer 0 of 1");
}
TEST_F(Passed, TakenBeforeItWasThere) {
  records_[0].first_byte_ns = 0;
  expect("item 0: taken before it was ready, or consumed before it was taken");
}

// The other checks hold for it with places for producers, queue and consumers.
TEST_F(Passed, TheWholeJudgeKnowsItsPlaces) {
  TapeCopy tape;
  tape.header.run_starts_ns = 1;
  tape.records = records_;
  Prepared prepared;
  for (std::uint32_t item = 0; item < kItems; ++item)
    prepared.expected.push_back({.digest = 100 + item, .least_ns = 10 * kMs});
  prepared.handover = {.consumers = 1, .capacity = kCapacity};
  const auto judged = [&] {
    return judge(tape, prepared, 1, nanoseconds(61 * kMs), IdealKind::exact, {.go_ns = 1, .over_ns = 90 * kMs});
  };
  EXPECT_TRUE(judged().reasons.empty()) << judged().reasons.front().sentence();
  EXPECT_EQ(judged().peak_in_flight, 4U);
  const nlohmann::json told = judged();
  EXPECT_EQ(told.at("queue").at("blocked"), 3);
  tape.records[5].start_ns = kMs;
  bool overlaps = false;
  for (const Reason& reason : judged().reasons)
    overlaps = overlaps || reason.check == check::kOverlap || reason.check == check::kOrder;
  EXPECT_TRUE(overlaps) << "five under way with four places, and one taken up far before its turn";
}

}  // namespace
}  // namespace interleave
