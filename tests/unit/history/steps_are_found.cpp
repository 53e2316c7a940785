// A step of 5 % in thirty runs is found where it is, and none in thirty that have none.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "harness/history/change_points.hpp"
#include "harness/history/history.hpp"

namespace interleave {
namespace {

constexpr std::size_t kRuns = 30;
constexpr unsigned kSeries = 200;

// Noise of a run's median: 1 % either way, and in one run of ten up to 5 % more, as a busy neighbour makes it.
std::vector<double> noise(unsigned seed, std::size_t runs = kRuns) {
  std::mt19937 random(seed);
  std::normal_distribution<double> scatter(0, 0.01);
  std::uniform_real_distribution<double> share(0, 1);
  std::vector<double> series;
  for (std::size_t i = 0; i < runs; ++i)
    series.push_back(scatter(random) + (share(random) < 0.1 ? 0.05 * share(random) : 0));
  return series;
}

TEST(Steps, NoneIsToldOfSeriesWithoutOne) {
  unsigned told = 0;
  for (unsigned seed = 0; seed < kSeries; ++seed) told += change_points(noise(seed)).empty() ? 0 : 1;
  EXPECT_EQ(told, 0U);
}

TEST(Steps, FivePercentIsFoundWhereItIs) {
  unsigned beside = 0;  // by more than two runs: where busy neighbours meet the step
  for (unsigned seed = 0; seed < kSeries; ++seed) {
    std::vector<double> series = noise(seed);
    const std::size_t at = 8 + seed % 15;
    for (std::size_t i = at; i < kRuns; ++i) series[i] += std::log(1.05);
    const auto found = change_points(series);
    ASSERT_EQ(found.size(), 1U) << seed;
    beside += found[0].at + 2 < at || found[0].at > at + 2 ? 1 : 0;
    EXPECT_NEAR(found[0].after - found[0].before, std::log(1.05), 0.02) << seed;
  }
  EXPECT_LE(beside, kSeries / 50);
}

TEST(Steps, UpAndDownAgainAreTwo) {
  std::vector<double> series = noise(7, 45);
  for (std::size_t i = 15; i < 30; ++i) series[i] += 0.1;
  const auto found = change_points(series);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].at, 15U);
  EXPECT_EQ(found[1].at, 30U);
  EXPECT_GT(found[0].after, found[0].before);
  EXPECT_LT(found[1].after, found[1].before);
}

TEST(Steps, SmallOnesAreNotTold) {
  std::vector<double> series(30, 0.0);
  for (std::size_t i = 0; i < series.size(); ++i) series[i] = (i < 15 ? 0 : 0.01) + 1e-4 * static_cast<double>(i % 3);
  EXPECT_TRUE(change_points(series).empty()) << "one percent, though as sure as can be";
  EXPECT_EQ(change_points(series, {.least = 0.005}).size(), 1U);
}

TEST(Steps, ShortAndConstantSeriesHaveNone) {
  EXPECT_TRUE(change_points({}).empty());
  EXPECT_TRUE(change_points(std::vector<double>{0, 0, 1, 1, 1}).empty()) << "three on either side";
  EXPECT_TRUE(change_points(std::vector<double>(30, 1.0)).empty());
}

StoredRun run(const std::string& name, const std::string& created, double cpu, const std::string& machine = "one") {
  StoredRun made;
  made.name = name;
  made.plan.created = created;
  made.plan.commit = "c" + name;
  made.plan.rounds = 3;
  Point& point = made.plan.points.emplace_back();
  point.id = "p";
  point.label = "a load";
  point.ranks_by = RanksBy::cpu_per_item;
  made.plan.models.emplace_back().name = "m";
  for (std::uint32_t round = 0; round < 3; ++round) {
    made.plan.order.push_back({.trial = round, .round = round});
    made.trials.push_back({{"trial", round},
                           {"round", round},
                           {"point", "p"},
                           {"model", "m"},
                           {"verdict", "valid"},
                           {"reasons", nlohmann::json::array()},
                           {"cpu_per_item_ns", cpu},
                           {"makespan_ns", 1e6},
                           {"server_limited", false},
                           {"efficiency", 1.0}});
  }
  made.environment = {{"machine", {{"cpu", machine}, {"cores", 2}}}};
  return made;
}

TEST(Histories, RunsAreOrderedByTimeAndStepsNamedByCommit) {
  std::vector<StoredRun> runs;
  for (int i = 11; i >= 0; --i)
    runs.push_back(run(std::to_string(i), "2026-01-" + std::to_string(10 + i), (i < 6 ? 1000.0 : 1100.0) + i % 3));
  const History history = history_of(runs, {});
  ASSERT_EQ(history.series.size(), 1U);
  ASSERT_EQ(history.series[0].changes.size(), 1U);
  EXPECT_EQ(history.runs[history.series[0].values[history.series[0].changes[0].at].run].commit, "c6");
  EXPECT_NE(text_of(history, {}).find("from commit c6 on"), std::string::npos);
  EXPECT_EQ(json_of(history)["series"][0]["changes"][0]["at"], 6);
}

TEST(Histories, AnotherMachineIsLeftOutByName) {
  const History history =
      history_of({run("0", "2026-01-01", 1), run("1", "2026-01-02", 1), run("other", "2026-01-03", 9, "another")}, {});
  EXPECT_EQ(history.runs.size(), 2U);
  ASSERT_EQ(history.left_out.size(), 1U);
  EXPECT_NE(history.left_out[0].find("other: another machine: cpu"), std::string::npos);
  EXPECT_THROW(history_of({run("0", "2026-01-01", 1), run("other", "2026-01-03", 9, "another")}, {}),
               std::invalid_argument);
  EXPECT_EQ(
      history_of({run("other", "2026-01-01", 9, "another"), run("0", "2026-01-02", 1), run("1", "2026-01-03", 1)}, {})
          .runs.size(),
      2U)
      << "the oldest is not what all are measured by";
}

TEST(Histories, MoreItemsAreAnotherSeries) {
  std::vector<StoredRun> runs;
  for (int i = 0; i < 12; ++i) {
    runs.push_back(run(std::to_string(i), "2026-01-" + std::to_string(10 + i), i < 6 ? 1000 : 3000));
    runs.back().plan.points[0].load.items = i < 6 ? 100 : 300;
  }
  const History history = history_of(runs, {});
  ASSERT_EQ(history.series.size(), 2U);
  EXPECT_TRUE(history.series[0].changes.empty() && history.series[1].changes.empty());
}

}  // namespace
}  // namespace interleave
