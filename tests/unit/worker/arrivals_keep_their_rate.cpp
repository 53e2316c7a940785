// Schedules of arrivals: from the seed alone, at the rate that was asked for, and refused in one line where they cannot
// be. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "harness/load/arrivals.hpp"
#include "tests/unit/worker/loads_for_specs.hpp"
#include "workloads/download/spec.hpp"
#include "workloads/download_chain/spec.hpp"
#include "workloads/download_compute/spec.hpp"

namespace interleave {
namespace {

using std::chrono::milliseconds;

Load arriving(const char* kind, const char* rate, std::uint32_t items, std::uint32_t in_flight = 10,
              std::chrono::microseconds delay = {}) {
  return load_of(fixed(delay), items, in_flight, {{"arrivals", kind}, {"rate", rate}});
}

TEST(Arrivals, AreUpToTheLanesWhereNobodyAsks) {
  const Arrivals arrivals(load_of(fixed({}), 5, 1));
  EXPECT_FALSE(arrivals.on_schedule());
  EXPECT_EQ(arrivals.due(4).count(), 0);
  EXPECT_FALSE(Arrivals::asked_by(load_of(fixed({}), 5, 1, {{"arrivals", "closed"}})));
}

TEST(Arrivals, AreEvenWhereTheyAreConstant) {
  const Arrivals arrivals(arriving("constant", "1000", 50));
  for (std::uint32_t item = 0; item < 50; ++item) EXPECT_EQ(arrivals.due(item), milliseconds(item + 1));
}

// A Poisson process: gaps of the mean, as wide as their mean, 63 % of them shorter than it.
TEST(Arrivals, AreExponentiallySpacedWhereTheyArePoisson) {
  constexpr std::uint32_t kItems = 100'000;
  const Arrivals arrivals(arriving("poisson", "1000", kItems));
  double sum = 0, squares = 0, below = 0;
  for (std::uint32_t item = 1; item < kItems; ++item) {
    const auto gap = static_cast<double>((arrivals.due(item) - arrivals.due(item - 1)).count()) / 1e6;
    ASSERT_GE(gap, 0);
    sum += gap;
    squares += gap * gap;
    below += gap < 1 ? 1 : 0;
  }
  const double mean = sum / kItems;
  EXPECT_NEAR(mean, 1, 0.02);
  EXPECT_NEAR(std::sqrt(squares / kItems - mean * mean), 1, 0.02);
  EXPECT_NEAR(below / kItems, 1 - std::exp(-1), 0.01);
}

TEST(Arrivals, ComeFromTheSeed) {
  Load load = arriving("poisson", "1000", 100);
  const Arrivals once(load), again(load);
  load.seed = 2;
  const Arrivals other(load);
  EXPECT_EQ(once.due(99), again.due(99));
  EXPECT_NE(once.due(99), other.due(99));
}

TEST(Arrivals, AreRefusedInOneLine) {
  EXPECT_NE(refusal<DownloadSpec>(arriving("sometimes", "10", 5)).find("known are closed, constant, poisson"),
            std::string::npos);
  EXPECT_NE(refusal<DownloadSpec>(arriving("closed", "10", 5)).find("rate= is of arrivals=constant"),
            std::string::npos);
  EXPECT_NE(refusal<DownloadSpec>(load_of(fixed({}), 5, 1, {{"arrivals", "poisson"}})).find("need rate=N"),
            std::string::npos);
  for (const char* rate : {"0", "-1", "10k", "1000001", ""}) {
    EXPECT_NE(refusal<DownloadSpec>(arriving("poisson", rate, 5)).find("rate="), std::string::npos) << rate;
  }
}

// Every workload whose items may arrive takes the schedule into its inputs and its bound.
template <class S>
class ArrivingSpecs : public testing::Test {};
using All = testing::Types<DownloadSpec, DownloadChainSpec, DownloadComputeSpec>;
TYPED_TEST_SUITE(ArrivingSpecs, All);

TYPED_TEST(ArrivingSpecs, TellEachItemWhenItIsDue) {
  const Load load = arriving("constant", "100", 20, 20, milliseconds(3));
  const TypeParam spec(load);
  EXPECT_TRUE(TypeParam::kAbout.arrives);
  EXPECT_EQ(spec.input(7).due_ns, nanoseconds(milliseconds(80)).count());
  EXPECT_GE(spec.ideal(), milliseconds(200 + 3)) << "the last one begins no earlier than it is due";
  EXPECT_LT(spec.ideal(), milliseconds(200 + 50));
}

TYPED_TEST(ArrivingSpecs, RefuseMoreThanTheLanesCanHold) {
  const TypeParam spec(arriving("constant", "1000", 200, 2, milliseconds(10)));
  try {
    spec.ideal();
    FAIL() << "10 ms each, 1000 a second: ten lanes are busy, there are two";
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("in_flight is 2: ask for a lower rate or more in flight"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace interleave
