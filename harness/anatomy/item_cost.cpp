// Tracing runs.
// SPDX-License-Identifier: Apache-2.0
#include "harness/anatomy/item_cost.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

#include "harness/anatomy/tool_output.hpp"
#include "harness/anatomy/wrapped_worker.hpp"
#include "harness/judge/judge.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/posix/files.hpp"
#include "harness/trial/checks.hpp"

namespace interleave {
namespace {

// No item takes fewer: then processes did the work that ended without leaving callgrind's count.
constexpr double kLeastInstructions = 100;

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

// What a tracer does not change: it makes a worker slow, and adds a process.
bool is_of_the_work(const std::string& check) {
  constexpr std::array<std::string_view, 8> kOfTheWork{check::kTape,  check::kOracle, check::kEarly,  check::kOverlap,
                                                       check::kOrder, check::kQueue,  check::kWindow, check::kLedger};
  return std::find(kOfTheWork.begin(), kOfTheWork.end(), check) != kOfTheWork.end();
}

// What did other work is not counted.
void require_right(const WrappedRun& run, const PlannedModel& model, const Load& load) {
  if (!run.seen.tape || !run.worker.is_object())
    throw std::runtime_error(model.name + " ended without saying that its run was over");
  const Judgement judgement =
      judge(*run.seen.tape, run.work, load.in_flight, std::chrono::nanoseconds(0), IdealKind::none, run.seen.window);
  std::vector<Reason> reasons = judgement.reasons;
  const Evidence evidence{.worker = run.worker,
                          .ledger = run.ledger,
                          .census = {{"threads", 0}, {"processes", 0}, {"sampled", false}},
                          .tree_cpu = run.seen.tree_cpu,
                          .has_ticks = true,
                          .window = run.seen.window};
  for (const Reason& reason :
       why_void(load, known_workload(load.workload).about, run.work.requests, judgement, evidence))
    reasons.push_back(reason);
  for (const Reason& reason : reasons) {
    if (is_of_the_work(reason.check))
      throw std::runtime_error(fmt::format("{} did not do the work: {}", model.name, reason.sentence()));
  }
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
  cost.sleeps = slope(small.sleeps, large.sleeps, added);
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
  tally.skipped = run(tools_.strace, {"-f", "-c", "-S", "calls", "-o", summary}, subject).skipped;
  if (!tally.skipped.empty()) return tally;
  tally.calls = parse_strace_summary(text_in(summary).value_or(""));

  std::array<std::uint64_t, 2> counted{};
  write_checked(counts, {reinterpret_cast<const char*>(counted.data()), sizeof counted});
  const WrappedRun untraced = run(  // a tracer would make each of its stops a sleep
      "/usr/bin/env", {"LD_PRELOAD=" + tools_.allocations.string(), "INTERLEAVE_ALLOCATIONS=" + counts.string()},
      subject);
  std::ifstream(counts, std::ios::binary).read(reinterpret_cast<char*>(counted.data()), sizeof counted);
  if (counted[0] == 0) throw std::runtime_error(tools_.allocations.string() + " counted nothing: is it built?");
  tally.allocations = counted[0];
  tally.bytes = counted[1];
  tally.sleeps = static_cast<std::uint64_t>(untraced.seen.ended.cost.ru_nvcsw);
  return tally;
}

// Of all processes: each leaves a file of its own.
std::uint64_t Anatomist::instructions_of(const Subject& subject) const {
  const std::filesystem::path folder = scratch_ / "callgrind";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  run(tools_.valgrind,
      {"--tool=callgrind", "--quiet", "--trace-children=yes", "--callgrind-out-file=" + (folder / "%p").string()},
      subject);
  std::uint64_t sum = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder))
    sum += parse_callgrind_total(text_in(file).value_or(""));
  if (sum == 0) throw std::runtime_error("callgrind counted nothing");
  return sum;
}

WrappedRun Anatomist::run(const std::filesystem::path& wrapper, std::vector<std::string> arguments,
                          const Subject& subject) const {
  WrappedRun run =
      run_wrapped({.program = wrapper, .arguments = std::move(arguments), .environment = subject.environment},
                  subject.model, subject.load, subject.server, scratch_, interrupt_);
  if (run.skipped.empty()) require_right(run, subject.model, subject.load);
  return run;
}

}  // namespace interleave
