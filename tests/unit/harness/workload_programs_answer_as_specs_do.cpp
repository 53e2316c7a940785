// A program answers for its workloads as the specs do that it is made of: here all the built-in ones, from a program of
// their own. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "harness/http/profile.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/trial/workload_programs.hpp"

namespace interleave {
namespace {

using nlohmann::json;

bool are_same(const std::vector<ItemInput>& a, const std::vector<ItemInput>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(ItemInput)) == 0;
}
bool are_same(const std::vector<Expectation>& a, const std::vector<Expectation>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Expectation& one, const Expectation& other) {
    return one.digest == other.digest && one.least_ns == other.least_ns && one.not_before_ns == other.not_before_ns &&
           one.outcome == other.outcome;
  });
}

Load load_of(const Workload& workload, const Series& series) {
  Load load;
  load.workload = workload.about.name;
  load.items = 12;
  load.in_flight = 3;
  load.seed = 7;
  load.profile = profile_named(series.server, 0.01);
  if (series.delay_high.count() > 0)
    load.profile.delay = {.kind = DelayKind::uniform, .low = series.delay_low, .high = series.delay_high};
  for (const auto& [key, value] : series.parameters) load.parameters.emplace(key, value);
  for (const auto& [key, value] : series.policies) load.policies.emplace(key, value);
  return load;
}

TEST(WorkloadProgram, DescribesSeriesAndLadders) {
  const std::vector<Workload> answered = workloads_of(WORKLOADS_PROGRAM);
  std::size_t ladders = 0;
  for (const Workload& built_in : known_workloads()) {
    const auto is_it = [&](const Workload& each) { return each.about.name == built_in.about.name; };
    const auto its = std::find_if(answered.begin(), answered.end(), is_it);
    ASSERT_NE(its, answered.end()) << built_in.about.name;
    EXPECT_EQ(json(its->series), json(built_in.series)) << built_in.about.name;
    EXPECT_EQ(json(its->ladders), json(built_in.ladders)) << built_in.about.name;
    ladders += its->ladders.size();
  }
  EXPECT_GE(ladders, 8U);
}

TEST(WorkloadProgram, PreparesAllThatAnItemMayLeaveOrComeTo) {
  const std::vector<Workload> answered = workloads_of(WORKLOADS_PROGRAM);
  std::size_t saved = 0, upsets = 0;
  for (const Workload& its : answered) {
    const Workload& built_in = known_workload(its.about.name);
    for (const Series& series : built_in.series) {
      const Load load = load_of(built_in, series);
      const Prepared mine = built_in.prepare(load), theirs = its.prepare(load);
      EXPECT_TRUE(are_same(mine.inputs, theirs.inputs) && are_same(mine.expected, theirs.expected)) << its.about.name;
      EXPECT_EQ(json(mine.saved), json(theirs.saved)) << its.about.name;
      EXPECT_EQ(mine.upsets, theirs.upsets) << its.about.name;
      EXPECT_EQ(mine.requests.fingerprint, theirs.requests.fingerprint) << its.about.name;
      saved += theirs.saved.size();
      upsets += theirs.upsets.size();
    }
  }
  EXPECT_GT(saved, 0U);
  EXPECT_GT(upsets, 0U);
}

}  // namespace
}  // namespace interleave
