// The workloads that are built in: each describes itself, and prepares every item of its loads.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "harness/load/offload_policy.hpp"
#include "harness/plan/make_plan.hpp"
#include "harness/plan/settings.hpp"
#include "harness/plan/workload_registry.hpp"

namespace interleave {
namespace {

TEST(KnownWorkloads, SayWhatTheyAre) {
  for (const Workload& workload : known_workloads()) {
    const WorkloadAbout& about = workload.about;
    EXPECT_FALSE(about.summary.empty()) << about.name;
    EXPECT_FALSE(about.axes.empty()) << about.name;
    EXPECT_TRUE(about.waits || about.computes) << about.name;
    const auto stands_in = [&](const char* profile) {
      return std::any_of(workload.series.begin(), workload.series.end(),
                         [&](const Series& each) { return each.profile == profile; });
    };
    EXPECT_TRUE((stands_in("quick") && stands_in("standard")) || stands_in("classics")) << about.name;
    for (const AxisAbout& axis : about.axes) {
      const bool known = std::any_of(about.parameters.begin(), about.parameters.end(),
                                     [&](const auto& each) { return each.name == axis.name; });
      EXPECT_EQ(known, axis.of == AxisOf::parameter) << about.name << " " << axis.name;
    }
    const nlohmann::json file = about;
    EXPECT_EQ(nlohmann::json(file.get<WorkloadAbout>()), file);
  }
}

// A workload had a parameter `bytes`, and --set bytes=100 went to the server, which it does not connect to.
TEST(KnownWorkloads, HaveNoParameterThatMeansSomethingElseInEveryLoad) {
  std::set<std::string> taken;
  for (const Setting& each : kLoadSettings) taken.emplace(each.name);
  for (const Setting& each : kRequestSettings) taken.emplace(each.name);
  for (const Setting& each : kOffloadSettings) taken.emplace(each.name);
  for (const Workload& workload : known_workloads()) {
    for (const ParameterAbout& each : workload.about.parameters) {
      EXPECT_FALSE(taken.contains(each.name)) << workload.about.name << " " << each.name;
    }
  }
}

TEST(KnownWorkloads, PrepareWhatEveryItemComesTo) {
  Load load;
  load.workload = "download";
  load.items = 400;
  load.in_flight = 4;
  load.seed = 9;
  load.timeout = std::chrono::seconds(1);
  load.profile = profile_named("error", 0.001);
  const Prepared prepared = known_workload("download").prepare(load);
  ASSERT_EQ(prepared.inputs.size(), 400U);
  ASSERT_EQ(prepared.expected.size(), 400U);
  const auto count = [&](Outcome outcome) {
    return std::count_if(prepared.expected.begin(), prepared.expected.end(),
                         [&](const Expectation& each) { return each.outcome == outcome; });
  };
  EXPECT_EQ(count(Outcome::timeout), 4) << "1 % hang";
  EXPECT_EQ(count(Outcome::ok), 300);
  EXPECT_NE(prepared.requests.fingerprint, 0U);
}

}  // namespace
}  // namespace interleave
