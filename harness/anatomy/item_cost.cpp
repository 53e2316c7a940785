// Tracing runs.
// SPDX-License-Identifier: Apache-2.0
#include "harness/anatomy/item_cost.hpp"

#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

#include "harness/anatomy/tool_output.hpp"
#include "harness/anatomy/wrapped_worker.hpp"
#include "harness/posix/files.hpp"

namespace interleave {
namespace {

// No item takes fewer: then processes did the work that ended without leaving callgrind's count.
constexpr double kLeastInstructions = 100;

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

double slope(std::uint64_t small, std::uint64_t large, std::uint32_t items) {
  return (static_cast<double>(large) - static_cast<double>(small)) / items;
}

std::uint64_t sum_of(const CallCounts& calls) {
  std::uint64_t sum = 0;
  for (const auto& [name, count] : calls) sum += count;
  return sum;
}

std::uint64_t starts_in(const CallCounts& calls) {
  std::uint64_t sum = 0;
  for (const char* const name : {"clone", "clone3", "fork", "vfork"}) {
    if (const auto at = calls.find(name); at != calls.end()) sum += at->second;
  }
  return sum;
}

std::filesystem::path installed(const std::string& program) {
  for (const char* const place : {"/usr/bin", "/usr/local/bin"}) {
    if (const std::filesystem::path path = std::filesystem::path(place) / program; ::access(path.c_str(), X_OK) == 0)
      return path;
  }
  return {};
}

}  // namespace

AnatomyTools anatomy_tools(const std::filesystem::path& models_directory) {
  AnatomyTools tools{.strace = installed("strace"),
                     .allocations = models_directory / "preload" / "libinterleave_allocations.so",
                     .valgrind = installed("valgrind")};
  if (tools.strace.empty()) throw std::runtime_error("counting system calls needs strace: apt-get install strace");
  return tools;
}

ItemCost Anatomist::cost_of(const PlannedModel& model, const Load& load, ServerChild* server,
                            const std::vector<std::string>& environment) const {
  const Subject all{.model = model, .load = load, .server = server, .environment = environment};
  Subject few = all;
  few.load.items = load.in_flight;
  const Tally small = trace(few);
  ItemCost cost;
  cost.skipped = small.skipped;
  if (!small.skipped.empty()) return cost;
  const Tally large = trace(all);
  const std::uint32_t added = load.items - few.load.items;
  cost.calls = calls_per_item(small.calls, few.load.items, large.calls, load.items);
  cost.all_calls = slope(sum_of(small.calls), sum_of(large.calls), added);
  cost.allocations = slope(small.allocations, large.allocations, added);
  cost.allocated_bytes = slope(small.bytes, large.bytes, added);
  cost.started = starts_in(small.calls);
  if (!tools_.valgrind.empty()) {
    const double instructions = slope(instructions_of(few), instructions_of(all), added);
    if (instructions >= kLeastInstructions) cost.instructions = instructions;
  }
  return cost;
}

Anatomist::Tally Anatomist::trace(const Subject& subject) const {
  Tally tally;
  const std::filesystem::path summary = scratch_ / "strace.txt", counts = scratch_ / "allocations.bin";
  tally.skipped = run(tools_.strace, {"-f", "-c", "-S", "calls", "-o", summary}, subject);
  if (!tally.skipped.empty()) return tally;
  tally.calls = parse_strace_summary(text_of(summary));

  std::array<std::uint64_t, 2> counted{};
  write_checked(counts, {reinterpret_cast<const char*>(counted.data()), sizeof counted});
  run("/usr/bin/env", {"LD_PRELOAD=" + tools_.allocations.string(), "INTERLEAVE_ALLOCATIONS=" + counts.string()},
      subject);
  std::ifstream(counts, std::ios::binary).read(reinterpret_cast<char*>(counted.data()), sizeof counted);
  if (counted[0] == 0) throw std::runtime_error(tools_.allocations.string() + " counted nothing: is it built?");
  tally.allocations = counted[0];
  tally.bytes = counted[1];
  return tally;
}

// Of all processes: each leaves a file of its own.
std::uint64_t Anatomist::instructions_of(const Subject& subject) const {
  const std::filesystem::path folder = scratch_ / "callgrind";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  run(tools_.valgrind, {"--tool=callgrind", "--quiet", "--callgrind-out-file=" + (folder / "%p").string()}, subject);
  std::uint64_t sum = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) sum += parse_callgrind_total(text_of(file));
  if (sum == 0) throw std::runtime_error("callgrind counted nothing");
  return sum;
}

std::string Anatomist::run(const std::filesystem::path& wrapper, std::vector<std::string> arguments,
                           const Subject& subject) const {
  return run_wrapped({.program = wrapper, .arguments = std::move(arguments), .environment = subject.environment},
                     subject.model, subject.load, subject.server, scratch_, interrupt_)
      .skipped;
}

}  // namespace interleave
