// Promise: what makes a machine another one is noticed and named; what changes on one machine is not.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/machine/facts.hpp"
#include "harness/machine/same_machine.hpp"

namespace interleave {
namespace {

using nlohmann::json;

// Facts with one of them changed; what names it.
struct Change {
  const char* pointer;
  json value;
  const char* named;
};

const json& facts() {
  static const json known = machine_facts();
  return known;
}

TEST(SameMachine, IsTheSame) { EXPECT_TRUE(differences_between(facts(), facts()).empty()); }

TEST(SameMachine, MayHaveAnotherLoadAndLessMemoryFree) {
  json later = facts();
  later["load_average"] = {9.0, 9.0, 9.0};
  later["memory_available_bytes"] = 5;
  later["host"] = "another";
  later["present_use"] = {{"busy_share", 1.0}, {"stolen_share", 0.0}};
  EXPECT_TRUE(differences_between(facts(), later).empty());
}

TEST(AnotherMachine, IsNamedByWhatDiffers) {
  const Change changes[] = {
      {"/cpu", "Another CPU", "processor"},
      {"/allowed_cpus", {77}, "allowed cores"},
      {"/kernel", "Linux 1.0", "kernel"},
      {"/governor", "powersave", "governor"},
      {"/memory_bytes", 1, "memory"},
      {"/limits/descriptors_hard", 17, "descriptors"},
      {"/cgroup/cpu", {{"cores", 0.5}, {"period_us", 100'000}, {"file", "cpu.max"}}, "quota"},
      {"/cgroup/tasks", {{"most", 3}, {"left", 2}, {"file", "pids.max"}}, "tasks of the cgroup"},
      {"/tuning", {{"MALLOC_ARENA_MAX", "1"}}, "MALLOC_ARENA_MAX"},
  };
  for (const Change& change : changes) {
    json now = facts();
    now[json::json_pointer(change.pointer)] = change.value;
    const auto differences = differences_between(facts(), now);
    ASSERT_FALSE(differences.empty()) << change.pointer;
    EXPECT_NE(differences.front().find(change.named), std::string::npos) << differences.front();
    EXPECT_FALSE(differences_between(now, facts()).empty()) << change.pointer;
  }
}

TEST(AnotherMachine, IsNotSeenInWhatWasNeverTold) {
  json older = facts();
  older.erase("cgroup");
  older.erase("tuning");
  json now = facts();
  now["tuning"] = {{"LD_PRELOAD", "x.so"}};
  EXPECT_TRUE(differences_between(older, now).empty());
  EXPECT_TRUE(differences_between(json(), now).empty());
}

}  // namespace
}  // namespace interleave
