// Promise: a trial tells when its items ended, and how long those took, in equal slices of its makespan; a stall is
// seen where it was, and it is little to store. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "harness/judge/judge.hpp"

namespace interleave {
namespace {

constexpr std::int64_t kMs = 1'000'000, kGo = 1000 * kMs, kBegin = kGo + kMs;

// One after the other in one lane, each as long as `hold` says. Where they come on a schedule, one is due each
// millisecond.
Judgement judged(std::uint32_t items, std::int64_t (*hold)(std::uint32_t item), bool on_schedule = false) {
  TapeCopy tape;
  Prepared prepared;
  tape.header.run_starts_ns = kBegin;
  std::int64_t at = kBegin;
  for (std::uint32_t item = 0; item < items; ++item) {
    const std::int64_t due = on_schedule ? (item + 1) * kMs : 0;
    Record record{.start_ns = std::max(at, kBegin + due)};
    record.end_ns = at = record.start_ns + hold(item);
    record.finishes = 1;
    tape.records.push_back(record);
    prepared.inputs.push_back({.due_ns = due});
    prepared.expected.push_back({.outcome = Outcome::ok});
  }
  return judge(tape, prepared, 1, nanoseconds(0), IdealKind::none, {.go_ns = kGo, .over_ns = at + kMs});
}

std::uint32_t sum_of(const std::vector<std::uint32_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint32_t{0});
}

TEST(Slices, OfASteadyRunAreAlike) {
  const Slices slices = judged(1000, [](std::uint32_t) { return kMs; }).slices;
  ASSERT_EQ(slices.finished.size(), 50U);
  EXPECT_EQ(sum_of(slices.finished), 1000U);
  for (const std::uint32_t count : slices.finished) EXPECT_NEAR(count, 20, 1);
  for (const std::int64_t median : slices.median_us) EXPECT_EQ(median, 1000);
}

// The stall takes half of the run, and ends with the item that it kept.
TEST(Slices, ShowAStallWhereItWas) {
  const Slices slices = judged(1001, [](std::uint32_t item) { return item == 500 ? 1000 * kMs : kMs; }).slices;
  ASSERT_EQ(slices.finished.size(), 50U);
  EXPECT_EQ(sum_of(slices.finished), 1001U);
  for (std::size_t i = 14; i < 36; ++i) {
    EXPECT_EQ(slices.finished[i], 0U) << i;
    EXPECT_EQ(slices.median_us[i], 0) << i;
  }
  EXPECT_EQ(slices.finished[5], 40U);
  EXPECT_EQ(slices.finished[45], 40U);
}

TEST(Slices, CountFromWhenAnItemWasDue) {
  const Slices slices = judged(1000, [](std::uint32_t item) { return item == 300 ? 100 * kMs : kMs / 2; }, true).slices;
  ASSERT_EQ(slices.median_us.size(), 50U);
  EXPECT_EQ(slices.median_us[5], 500);
  EXPECT_GT(slices.median_us[22], 30'000) << "it waited behind the stall";
}

TEST(Slices, AreNotOfAFewItems) {
  EXPECT_EQ(judged(250, [](std::uint32_t) { return kMs; }).slices.finished.size(), 25U);
  EXPECT_TRUE(judged(99, [](std::uint32_t) { return kMs; }).slices.finished.empty());
  EXPECT_FALSE(nlohmann::json(judged(99, [](std::uint32_t) { return kMs; })).contains("over_time"));
}

// Of many items all are counted, and every third is asked how long it took.
TEST(Slices, OfManyItemsCountThemAll) {
  const Slices slices = judged(50'000, [](std::uint32_t item) { return (1 + item % 2) * kMs; }).slices;
  EXPECT_EQ(sum_of(slices.finished), 50'000U);
  for (const std::uint32_t count : slices.finished) EXPECT_NEAR(count, 1000, 2);
  for (const std::int64_t median : slices.median_us) EXPECT_TRUE(median == 1000 || median == 2000) << median;
}

TEST(Slices, AreLessThanAKilobyte) {
  const nlohmann::json tape = judged(20'000, [](std::uint32_t) { return 99 * kMs; });
  EXPECT_EQ(tape.at("over_time").at("finished").size(), 50U);
  EXPECT_LT(tape.at("over_time").dump().size(), 1000U);
}

}  // namespace
}  // namespace interleave
