// A workload from outside that is asked for by name, and has no load where it is looked for, is refused with those it
// has. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "harness/plan/make_plan.hpp"
#include "harness/plan/workload_registry.hpp"
#include "tests/unit/harness/made_up_models.hpp"

namespace interleave {
namespace {

TEST(Plan, AWorkloadWithoutALoadInTheProfileIsToldWithThoseThatHaveOne) {
  Workload elsewhere = known_workload("compute");
  elsewhere.about.name = "elsewhere";
  elsewhere.series = {{.profile = "standard"}};
  add_workload(elsewhere);
  RunRequest request;
  request.workloads = {"elsewhere"};
  try {
    make_plan(request, {bearer_of("threads", "pool")}, kTwoCores);
    FAIL() << "it has no load in quick";
  } catch (const std::invalid_argument& refused) {
    EXPECT_EQ(std::string(refused.what()), "elsewhere has no load in the profile quick; it has in: --profile standard");
  }
}

}  // namespace
}  // namespace interleave
