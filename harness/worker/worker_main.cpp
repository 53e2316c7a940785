// Reading a point, running it inside Google Benchmark, writing what the worker says of it.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/worker_main.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "harness/load/offload_policy.hpp"
#include "harness/load/point.hpp"
#include "harness/posix/standard_output.hpp"
#include "harness/worker/by_hand.hpp"
#include "harness/worker/exit_status.hpp"
#include "harness/worker/injection.hpp"
#include "harness/worker/trial_json.hpp"
#include "harness/worker/worker_options.hpp"

namespace interleave {
namespace {

// A worker of the harness dies with it, even by SIGKILL, which gives nobody the time to say goodbye; if it was gone
// before that was arranged, the control line tells.
void end_with_harness() { prctl(PR_SET_PDEATHSIG, SIGKILL); }

// Swallows Google Benchmark's report: the records are the result.
class Quiet final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

// What the library would read from the environment would make it run something else than one iteration.
void forget_benchmark_variables() {
  std::vector<std::string> names;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (text.rfind("BENCHMARK_", 0) == 0) names.push_back(text.substr(0, text.find('=')));
  }
  for (const std::string& name : names) ::unsetenv(name.c_str());
}

const OfferedWorkload& workload_named(const OfferedModel& model, const std::string& name) {
  for (const OfferedWorkload& workload : model.workloads) {
    if (workload.about.name == name) return workload;
  }
  throw std::invalid_argument("unknown workload '" + name + "'");
}

// One iteration in manual time.
TrialResult run_once(const OfferedWorkload& workload, const std::string& model, const Load& load,
                     const WorkerOptions& options) {
  TrialResult trial;
  std::string failure;
  RemoteControl control(options.control);
  benchmark::RegisterBenchmark((model + "/" + workload.about.name).c_str(),
                               [&](benchmark::State& state) {
                                 for (auto _ : state) {
                                   try {
                                     trial =
                                         workload.run(load, {.tape = options.tape, .inputs = options.inputs}, control);
                                     state.SetIterationTime(std::chrono::duration<double>(trial.cpu.total).count());
                                   } catch (const std::exception& error) {
                                     failure = error.what();
                                     state.SkipWithError(failure.c_str());
                                     break;
                                   }
                                 }
                               })
      ->Iterations(1)
      ->UseManualTime();
  Quiet quiet;
  benchmark::RunSpecifiedBenchmarks(&quiet);
  if (!failure.empty()) throw std::runtime_error(failure);
  return trial;
}

int run_point(const OfferedModel& model, const WorkerOptions& options, int argc, char** argv) {
  if (options.out.empty() || options.tape < 0 || options.inputs < 0 || options.control < 0) {
    throw std::invalid_argument("--point needs --out FILE, --tape FD, --inputs FD and --control FD");
  }
  end_with_harness();
  take_injection();
  const Load load = read_point(options.point);
  const OfferedWorkload& workload = workload_named(model, load.workload);
  if (const auto limit = limit_of(model, workload, load)) {
    std::fprintf(stderr, "%s\n", limit->c_str());
    return kLimit;
  }
  forget_benchmark_variables();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return kUsage;
  const TrialResult trial = run_once(workload, model.description.name, load, options);
  std::ofstream out(options.out);
  out << trial_json(model, load, trial) << '\n';
  if (!out.flush()) throw std::runtime_error("cannot write " + options.out);
  return kFine;
}

}  // namespace

std::optional<std::string> limit_of(const OfferedModel& model, const OfferedWorkload& workload, const Load& load) {
  refuse_unknown(load.policies, model.description.policies, "policy", model.description.name);
  const OffloadPolicy policy = offload_policy(load.policies, load.cores);  // also for its values
  if (!workload.offered) return workload.about.needs;
  const std::uint64_t descriptors = raise_descriptor_limit();
  // Beside its socket a lane may have a connection for what did not fit into a datagram.
  const std::uint64_t needed = workload.connections(load) * (workload.about.datagrams ? 2 : 1) + 64;
  if (needed > descriptors) {
    return fmt::format("in_flight {} needs {} file descriptors, the limit is {} (ulimit -n)", load.in_flight, needed,
                       descriptors);
  }
  if (const auto to = load.policies.find("offload");
      to != load.policies.end() && to->second != "inline" && !workload.about.offloads) {
    return fmt::format("the policy offload={} has no effect: {} hands no CPU work over", to->second,
                       workload.about.name);
  }
  if (workload.hands_over_memory && policy.to != OffloadTo::caller &&
      (policy.to == OffloadTo::processes || model.claims(load).processes > 1)) {
    return fmt::format("{} hands over what is in memory, and its processes have none in common with who would take it",
                       workload.about.name);
  }
  return workload.refusal(load);
}

int worker_main(const OfferedModel& model, int argc, char** argv) try {
  const WorkerOptions options = take_options(model.description.name, argc, argv);
  int status = kFine;
  if (!options.help.empty()) {
    std::printf("%s\nOf Google Benchmark's flags:\n\n", options.help.c_str());
    benchmark::PrintDefaultHelp();
  } else if (options.describe) {
    std::printf("%s\n", description_json(model).c_str());
  } else {
    status = options.point.empty() ? run_by_hand(model, options, argc, argv) : run_point(model, options, argc, argv);
  }
  finish_output();
  return status;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s: %s\n", model.description.name.c_str(), error.what());
  return kUsage;
}

std::uint64_t proportional_set_size() {
  std::ifstream rollup("/proc/self/smaps_rollup");
  for (std::string line; std::getline(rollup, line);) {
    if (line.rfind("Pss:", 0) == 0) return std::stoull(line.substr(4)) * 1024;
  }
  return 0;
}

}  // namespace interleave
