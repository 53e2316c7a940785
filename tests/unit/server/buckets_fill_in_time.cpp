// Token buckets and shed load, against a clock of the test's own.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "harness/server/admission.hpp"

namespace interleave {
namespace {

using Verdict = Admitted::Verdict;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStart = 1000 * kSecond;

TEST(Admission, ABucketBeginsFullAndFillsAtItsRate) {
  Admission admission;
  const AdmissionRule rule{2, 3, 0};
  for (int token = 0; token < 3; ++token) EXPECT_EQ(admission.ask(1, rule, kStart).verdict, Verdict::yes);
  EXPECT_EQ(admission.ask(1, rule, kStart).verdict, Verdict::over_rate);
  EXPECT_EQ(admission.ask(1, rule, kStart + kSecond / 2 - 1).verdict, Verdict::over_rate);
  EXPECT_EQ(admission.ask(1, rule, kStart + kSecond / 2).verdict, Verdict::yes);
  EXPECT_EQ(admission.ask(1, rule, kStart + kSecond / 2).verdict, Verdict::over_rate);
}

TEST(Admission, ABucketHoldsNoMoreThanItsBurst) {
  Admission admission;
  const AdmissionRule rule{10, 2, 0};
  int admitted = 0;
  for (const std::int64_t now : {kStart, kStart + 100 * kSecond}) {
    for (int ask = 0; ask < 5; ++ask) admitted += admission.ask(1, rule, now).verdict == Verdict::yes ? 1 : 0;
  }
  EXPECT_EQ(admitted, 4);
}

TEST(Admission, RetryAfterIsWhenATokenIsThere) {
  Admission admission;
  const AdmissionRule rule{0.1, 1, 0};
  admission.ask(1, rule, kStart);
  EXPECT_EQ(admission.ask(1, rule, kStart).retry_after_s, 10U);
  EXPECT_EQ(admission.ask(1, rule, kStart + 9 * kSecond).retry_after_s, 1U);
  EXPECT_EQ(admission.ask(1, rule, kStart + 10 * kSecond).verdict, Verdict::yes);
}

TEST(Admission, AClockReadEarlierByAnotherShardAddsNothing) {
  Admission admission;
  const AdmissionRule rule{1, 1, 0};
  EXPECT_EQ(admission.ask(1, rule, kStart + kSecond).verdict, Verdict::yes);
  EXPECT_EQ(admission.ask(1, rule, kStart).verdict, Verdict::over_rate);
  EXPECT_EQ(admission.ask(1, rule, kStart + 2 * kSecond - 1).verdict, Verdict::over_rate);
}

TEST(Admission, LoadIsShedAboveItsNumberUntilSomebodyLeaves) {
  Admission admission;
  const AdmissionRule rule{0, 1, 2};
  EXPECT_EQ(admission.ask(1, rule, kStart).verdict, Verdict::yes);
  EXPECT_EQ(admission.ask(1, rule, kStart).verdict, Verdict::yes);
  const Admitted shed = admission.ask(1, rule, kStart);
  EXPECT_EQ(shed.verdict, Verdict::over_load);
  EXPECT_EQ(shed.retry_after_s, 1U);
  EXPECT_EQ(admission.ask(2, rule, kStart).verdict, Verdict::yes) << "another path";
  admission.left(1);
  EXPECT_EQ(admission.ask(1, rule, kStart).verdict, Verdict::yes);
}

TEST(Admission, WhoIsShedTakesNoToken) {
  Admission admission;
  EXPECT_EQ(admission.ask(1, {0.01, 2, 1}, kStart).verdict, Verdict::yes);
  EXPECT_EQ(admission.ask(1, {0.01, 2, 1}, kStart).verdict, Verdict::over_load);
  admission.left(1);
  EXPECT_EQ(admission.ask(1, {0.01, 2, 1}, kStart).verdict, Verdict::yes);
}

TEST(Admission, MemoryHasABoundAndFullBucketsMakeRoom) {
  Admission admission;
  const AdmissionRule rule{1, 1, 0};
  for (std::uint64_t path = 1; path <= Admission::kMostPaths; ++path)
    ASSERT_EQ(admission.ask(path, rule, kStart).verdict, Verdict::yes);
  EXPECT_EQ(admission.ask(1'000'000, rule, kStart).verdict, Verdict::too_many_paths);
  EXPECT_EQ(admission.ask(1, rule, kStart).verdict, Verdict::over_rate) << "those that are known are known still";
  EXPECT_EQ(admission.ask(1'000'000, rule, kStart + kSecond).verdict, Verdict::yes);
}

}  // namespace
}  // namespace interleave
