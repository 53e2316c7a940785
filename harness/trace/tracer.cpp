// One worker under strace.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trace/tracer.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "harness/anatomy/wrapped_worker.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/posix/files.hpp"
#include "harness/trial/child.hpp"

namespace interleave {
namespace {

std::vector<std::string> options_for(const std::filesystem::path& log) {
  std::vector<std::string> options(std::begin(kStraceOptions), std::end(kStraceOptions));
  options.insert(options.end(), {"-o", log.string()});
  return options;
}

// The load as this model can take it: one item at a time where it has no more, and without policies that it lacks.
Load load_for(const PlannedModel& model, Load load) {
  if (model.family == "sequential") load.in_flight = 1;
  const auto lacks = [&](const auto& policy) {
    return std::find(model.policies.begin(), model.policies.end(), policy.first) == model.policies.end();
  };
  std::erase_if(load.policies, lacks);
  return load;
}

std::string why_not_offered(const PlannedModel& model, const std::string& workload) {
  if (std::find(model.workloads.begin(), model.workloads.end(), workload) != model.workloads.end()) return {};
  const auto is_it = [&](const auto& skip) { return skip.first == workload; };
  const auto skip = std::find_if(model.skips.begin(), model.skips.end(), is_it);
  return skip == model.skips.end() ? "does not offer " + workload : skip->second;
}

}  // namespace

Tracer::Tracer(std::filesystem::path strace, std::filesystem::path scratch, const Interrupt& interrupt)
    : strace_(std::move(strace)), scratch_(std::move(scratch)), interrupt_(interrupt) {
  const std::filesystem::path log = scratch_ / "strace.probe";
  std::vector<std::string> arguments = options_for(log);
  arguments.emplace_back("/bin/true");
  try {
    output_of(strace_, arguments, std::chrono::seconds(60));
    if (read_strace_log(text_in(log).value_or("")).calls.empty()) throw std::runtime_error("it saw no system call");
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    throw std::runtime_error(strace_.string() +
                             " can trace nothing here, as in a container without the right to ptrace: " + error.what());
  }
}

TracedModel Tracer::trace(const PlannedModel& model, const Load& asked, ServerChild* server) const {
  const Load load = load_for(model, asked);
  TracedModel traced{.name = model.name,
                     .family = model.family,
                     .style = model.style,
                     .library = model.library,
                     .back_end = model.back_end,
                     .in_flight = load.in_flight,
                     .skipped = why_not_offered(model, load.workload)};
  if (!traced.skipped.empty()) return traced;
  const WorkloadAbout& about = known_workload(load.workload).about;
  const std::filesystem::path log = scratch_ / "strace.txt";
  const ClockReading begin = read_both_clocks();
  WrappedRun run =
      run_wrapped({.program = strace_, .arguments = options_for(log)}, model, load, server, scratch_, interrupt_);
  traced.clock = offset_between(begin, read_both_clocks());
  traced.skipped = run.skipped;
  if (!traced.skipped.empty()) return traced;
  if (!run.seen.tape) throw std::runtime_error(model.name + " ended without saying that its run was over");
  const Judgement judgement =
      judge(*run.seen.tape, run.work, load.in_flight, nanoseconds(0), IdealKind::none, run.seen.window);
  for (const Reason& reason : judgement.reasons) traced.reasons.push_back(reason.sentence());
  traced.timeline = timeline_of({.log = read_strace_log(text_in(log).value_or("")),
                                 .clock = traced.clock,
                                 .tape = std::move(*run.seen.tape),
                                 .inputs = std::move(run.work.inputs),
                                 .waits = about.waits,
                                 .computes = about.computes});
  return traced;
}

}  // namespace interleave
