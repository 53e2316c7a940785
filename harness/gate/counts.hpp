// What an item costs in things that can be counted, of base and of head: compared without statistics, for there is
// next to no noise in them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/anatomy/item_cost.hpp"
#include "harness/gate/arm.hpp"
#include "harness/plan/plan.hpp"
#include "harness/trial/interrupt.hpp"

namespace interleave {

inline constexpr const char* kSystemCalls = "system calls";
inline constexpr const char* kAllocations = "allocations";
inline constexpr const char* kAllocatedBytes = "bytes allocated";
inline constexpr const char* kInstructions = "instructions";
inline constexpr const char* kSleeps = "sleeps";           // voluntary context switches
inline constexpr const char* kStarts = "threads started";  // and processes, of a whole trial

struct Counts {
  std::map<std::string, double> values;  // by name, an item
  std::string skipped;                   // why there are none: a limit
  std::string trouble;                   // or what went wrong
};

enum class CountVerdict : std::uint8_t { same, more, fewer };
std::string_view name_of(CountVerdict verdict) noexcept;

// Threads started are compared exactly; others differ where they do by more than 2 % (instructions: 5 %) and by more
// than what varies from run to run: a tenth of a call or of an allocation, 16 bytes, 40 instructions; sleeps by more
// than 10 % and by more than three quarters of one, for a reply that came before it was waited for saves one.
CountVerdict verdict_of_count(const std::string& name, double base, double head);

// Of two countings of one program those values that are least in doubt: the lower ones.
Counts lower_of(const Counts& one, const Counts& other);

// The load at which a point's kind of work is counted: few items one after another, replies at once, so that a count
// hangs on nothing but the program. None where items come by a schedule, or take so long that counting would take
// minutes.
std::optional<Load> countable(const Load& load, const WorkloadAbout& about);

// Names that a worker is given more work by; both arms of a gate have the same ones, so that environments are alike.
std::vector<std::string> injection_of(std::int64_t busy_ns, std::uint32_t calls, std::uint32_t allocations);

// A program as the gate counts it: its models run with its own server.
class Counter {
 public:
  Counter(const Arm& arm, AnatomyTools tools, std::filesystem::path scratch, const Interrupt& interrupt);
  ~Counter();
  // What goes wrong is the counts' trouble. Throws Interrupted.
  Counts count(const PlannedModel& model, const Load& load, const std::vector<std::string>& environment);

 private:
  const Arm arm_;
  const std::filesystem::path scratch_;
  const Interrupt& interrupt_;
  const Anatomist anatomist_;
  std::unique_ptr<ServerChild> server_;
  Counts counted(const PlannedModel& model, const Load& load, const std::vector<std::string>& environment);
};

}  // namespace interleave
