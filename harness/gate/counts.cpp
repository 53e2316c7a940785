// Counting, and telling counts apart.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "harness/load/load.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/worker/injection.hpp"

namespace interleave {
namespace {

constexpr std::uint32_t kMostItems = 201, kFewestItems = 21;
constexpr std::chrono::milliseconds kLongest{200};  // of a counted run, were it not traced; more where items are long
constexpr double kShare = 0.02;
constexpr double kShareOfInstructions = 0.05;  // a reply that is there when it is looked for saves a loop 4 %
constexpr double kShareOfSleeps = 0.1;

// What differs from one counting of a program to the next.
double slack_of(const std::string& name) {
  if (name == kAllocatedBytes) return 16;
  if (name == kInstructions) return 40;
  if (name == kSleeps) return 0.75;
  return name == kStarts ? 0.5 : 0.1;
}

double share_of(const std::string& name) {
  if (name == kStarts) return 0;
  if (name == kSleeps) return kShareOfSleeps;
  return name == kInstructions ? kShareOfInstructions : kShare;
}

// By nothing but the model itself: a reply that comes before it is waited for saves a sleep.
bool is_never_woken(const WorkloadAbout& about) { return !about.connects && !about.waits && !about.offloads; }

}  // namespace

std::string_view name_of(CountVerdict verdict) noexcept {
  constexpr std::array<std::string_view, 3> kNames{"same", "more", "fewer"};
  return kNames[static_cast<std::size_t>(verdict)];
}

CountVerdict verdict_of_count(const std::string& name, double base, double head) {
  if (std::abs(head - base) <= std::max(slack_of(name), share_of(name) * base)) return CountVerdict::same;
  return head > base ? CountVerdict::more : CountVerdict::fewer;
}

Counts lower_of(const Counts& one, const Counts& other) {
  Counts lower = one;
  for (auto& [name, value] : lower.values) {
    if (const auto at = other.values.find(name); at != other.values.end()) value = std::min(value, at->second);
  }
  return lower;
}

std::optional<Load> countable(const Load& load, const WorkloadAbout& about) {
  const auto arrivals = load.parameters.find("arrivals");
  if (arrivals != load.parameters.end() && arrivals->second != "closed") return std::nullopt;
  Load few = load;
  few.in_flight = 1;  // how many replies a wake-up finds hangs on the moment
  few.items = kMostItems;
  if (about.connects) few.profile = profile_named("local");
  const auto& ideal = known_workload(load.workload).ideal;
  const double share = std::chrono::duration<double>(kLongest) / ideal(few);
  if (share < 1) few.items = std::max(kFewestItems, static_cast<std::uint32_t>(share * kMostItems));
  return ideal(few) > 10 * kLongest ? std::nullopt : std::optional(few);
}

std::vector<std::string> injection_of(std::int64_t busy_ns, std::uint32_t calls, std::uint32_t allocations) {
  return {fmt::format("{}={:09}", kBusyVariable, busy_ns), fmt::format("{}={:03}", kExtraCallsVariable, calls),
          fmt::format("{}={:03}", kExtraAllocationsVariable, allocations)};
}

Counter::Counter(const Arm& arm, AnatomyTools tools, std::filesystem::path scratch, const Interrupt& interrupt)
    : arm_(arm),
      scratch_(std::move(scratch)),
      interrupt_(interrupt),
      anatomist_(std::move(tools), scratch_, interrupt) {
  std::filesystem::create_directories(scratch_);
}

Counter::~Counter() = default;

Counts Counter::count(const PlannedModel& model, const Load& load, const std::vector<std::string>& environment) {
  try {
    return counted(model, load, environment);
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    server_.reset();  // it may have been the server's fault
    Counts none;
    none.trouble = error.what();
    return none;
  }
}

Counts Counter::counted(const PlannedModel& model, const Load& load, const std::vector<std::string>& environment) {
  const bool connects = known_workload(load.workload).about.connects;
  if (connects && !server_)
    server_ = std::make_unique<ServerChild>(
        allowed_cpus(), scratch_, interrupt_,
        ServerProgram{.program = arm_.program, .names = known_workload(load.workload).about.datagrams});
  const ItemCost cost = anatomist_.cost_of(model, load, connects ? server_.get() : nullptr, environment);
  Counts counts;
  counts.skipped = cost.skipped;
  if (!cost.skipped.empty()) return counts;
  counts.values = {{kSystemCalls, cost.all_calls},
                   {kAllocations, cost.allocations},
                   {kAllocatedBytes, cost.allocated_bytes},
                   {kStarts, static_cast<double>(cost.started)}};
  if (is_never_woken(known_workload(load.workload).about)) counts.values[kSleeps] = cost.sleeps;
  if (cost.instructions) counts.values[kInstructions] = *cost.instructions;
  return counts;
}

}  // namespace interleave
