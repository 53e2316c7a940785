// The facts that make a machine.
// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/same_machine.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace interleave {
namespace {

using nlohmann::json;

struct Fact {
  const char* pointer;  // into machine_facts()
  const char* name;
  double tolerance = 0;  // of a number, as a share
};

// The host's name is not among them: a container has another one each time.
constexpr Fact kFacts[] = {{"/cpu", "processor"},
                           {"/architecture", "architecture"},
                           {"/kernel", "kernel"},
                           {"/virtualisation", "virtualisation"},
                           {"/cores", "cores"},
                           {"/allowed_cpus", "allowed cores"},
                           {"/clock_source", "clock source"},
                           {"/governor", "frequency governor"},
                           {"/memory_bytes", "bytes of memory", 0.05},
                           {"/timer_slack_ns", "timer slack in ns"},
                           {"/io_uring", "io_uring"},
                           {"/cgroup/cpu/cores", "cores by the cgroup's quota"},
                           {"/cgroup/cpu/period_us", "period of the cgroup's quota in us"},
                           {"/cgroup/memory/most", "bytes of memory of the cgroup"},
                           {"/cgroup/tasks/most", "tasks of the cgroup"},
                           {"/limits/descriptors_hard", "descriptors (ulimit -Hn)"},
                           {"/tuning", "environment variables that tune libraries"}};

bool same(const Fact& fact, const json& then, const json& now) {
  if (fact.tolerance == 0 || !then.is_number() || !now.is_number()) return then == now;
  return std::abs(then.get<double>() - now.get<double>()) <= fact.tolerance * std::abs(then.get<double>());
}

std::string words(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() ? "none" : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// Nothing where a fact is not told, as by an older version; null where there is no such limit.
const json* told(const json& facts, const char* pointer) {
  const json::json_pointer at(pointer);
  if (facts.contains(at)) return &facts.at(at);
  static const json none;
  const bool within_null =
      facts.is_object() && facts.contains(at.parent_pointer()) && facts.at(at.parent_pointer()).is_null();
  return within_null ? &none : nullptr;
}

}  // namespace

std::vector<std::string> differences_between(const json& then, const json& now) {
  std::vector<std::string> differences;
  for (const Fact& fact : kFacts) {
    const json* const before = told(then, fact.pointer);
    const json* const after = told(now, fact.pointer);
    if (before == nullptr || after == nullptr || same(fact, *before, *after)) continue;
    differences.push_back(fmt::format("{}: {} then, {} now", fact.name, words(*before), words(*after)));
  }
  return differences;
}

}  // namespace interleave
