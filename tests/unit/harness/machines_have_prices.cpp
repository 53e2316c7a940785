// Promise: what a machine charges is told as median and quartiles of batches; what cannot be measured says why; and
// nothing of it is left behind.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "harness/machine/costs.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/posix/scratch.hpp"

namespace interleave {
namespace {

using nlohmann::json;
using std::chrono::nanoseconds;

CostProbe probe_of(std::function<CostProbe::Batch()> prepare) {
  return {.name = "made_up", .said = "a thing", .family = "threads", .operations = 10, .prepare = std::move(prepare)};
}

TEST(Costs, AreMedianAndQuartilesOfBatches) {
  const json told = json_of(probe_of({}), {.ns = {1, 2, 3, 4, 5, 6, 70}, .why_not = ""});
  EXPECT_EQ(told.at("batches"), 7);
  EXPECT_EQ(told.at("low_ns"), 2.0);
  EXPECT_EQ(told.at("median_ns"), 4.0);
  EXPECT_EQ(told.at("high_ns"), 6.0);
  EXPECT_EQ(told.at("family"), "threads");
}

TEST(Costs, AreOfThreeBatchesAtLeastAndOneThatDoesNotCount) {
  std::uint32_t done = 0;
  const MachineCost cost =
      cost_of(probe_of([&] { return [&](std::uint32_t operations) { done += operations; }; }), nanoseconds(0));
  EXPECT_EQ(cost.ns.size(), 3U);
  EXPECT_EQ(done, 40U);
  EXPECT_TRUE(std::is_sorted(cost.ns.begin(), cost.ns.end()));
}

TEST(Costs, ThatCannotBeMeasuredSayWhy) {
  const CostProbe refused = probe_of([]() -> CostProbe::Batch { throw std::runtime_error("no such thing here"); });
  const json told = json_of(refused, cost_of(refused, nanoseconds(0)));
  EXPECT_TRUE(told.at("median_ns").is_null());
  EXPECT_EQ(told.at("why_not"), "no such thing here");
  const CostProbe late = probe_of([] {
    return [batches = 0](std::uint32_t) mutable {
      if (++batches > 2) throw std::runtime_error("no more of it");
    };
  });
  EXPECT_TRUE(cost_of(late, nanoseconds(0)).ns.empty()) << "half of a measurement is none";
}

TEST(Probes, AllHaveAPriceAndLeaveNothing) {
  const Scratch scratch;
  const std::vector<int> cpus = allowed_cpus();
  std::set<std::string> names;
  for (const CostProbe& probe : cost_probes(scratch.path())) {
    const MachineCost cost = cost_of(probe, nanoseconds(0));
    ASSERT_EQ(cost.ns.size(), 3U) << probe.name << ": " << cost.why_not;
    EXPECT_GT(cost.ns.front(), 0) << probe.name;
    names.insert(probe.name);
  }
  EXPECT_EQ(names.size(), 9U);
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
  EXPECT_EQ(allowed_cpus(), cpus);
}

TEST(Probes, SayWhereTheyCannotWrite) {
  const CostProbe writes = cost_probes("/proc/nowhere").back();
  EXPECT_NE(cost_of(writes, nanoseconds(0)).why_not.find("/proc/nowhere"), std::string::npos);
}

}  // namespace
}  // namespace interleave
