// Tracing runs.
// SPDX-License-Identifier: Apache-2.0
#include "harness/anatomy/item_cost.hpp"

#include <array>
#include <fstream>
#include <sstream>

#include "harness/anatomy/strace_summary.hpp"
#include "harness/anatomy/wrapped_worker.hpp"
#include "harness/posix/files.hpp"

namespace interleave {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

double slope(std::uint64_t small, std::uint64_t large, std::uint32_t items) {
  return (static_cast<double>(large) - static_cast<double>(small)) / items;
}

}  // namespace

ItemCost Anatomist::cost_of(const PlannedModel& model, const Load& load, ServerChild* server) const {
  Load few = load;
  few.items = load.in_flight;
  const Tally small = trace(model, few, server);
  if (!small.skipped.empty()) return {.calls = {}, .allocations = 0, .allocated_bytes = 0, .skipped = small.skipped};
  const Tally large = trace(model, load, server);
  const std::uint32_t added = load.items - few.items;
  return {.calls = calls_per_item(small.calls, few.items, large.calls, load.items),
          .allocations = slope(small.allocations, large.allocations, added),
          .allocated_bytes = slope(small.bytes, large.bytes, added),
          .skipped = {}};
}

Anatomist::Tally Anatomist::trace(const PlannedModel& model, const Load& load, ServerChild* server) const {
  Tally tally;
  const std::filesystem::path summary = scratch_ / "strace.txt", counts = scratch_ / "allocations.bin";
  tally.skipped = run(strace_, {"-f", "-c", "-S", "calls", "-o", summary}, model, load, server);
  if (!tally.skipped.empty()) return tally;
  tally.calls = parse_strace_summary(text_of(summary));

  std::array<std::uint64_t, 2> counted{};
  write_checked(counts, {reinterpret_cast<const char*>(counted.data()), sizeof counted});
  run("/usr/bin/env", {"LD_PRELOAD=" + library_.string(), "INTERLEAVE_ALLOCATIONS=" + counts.string()}, model, load,
      server);
  std::ifstream(counts, std::ios::binary).read(reinterpret_cast<char*>(counted.data()), sizeof counted);
  if (counted[0] == 0) throw std::runtime_error(library_.string() + " counted nothing: is it built?");
  tally.allocations = counted[0];
  tally.bytes = counted[1];
  return tally;
}

std::string Anatomist::run(const std::filesystem::path& wrapper, std::vector<std::string> arguments,
                           const PlannedModel& model, const Load& load, ServerChild* server) const {
  return run_wrapped({wrapper, std::move(arguments)}, model, load, server, scratch_, interrupt_).skipped;
}

}  // namespace interleave
