// Reading a point, running it inside Google Benchmark, writing the trial.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/worker_main.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "harness/text/parameters.hpp"
#include "harness/worker/offload.hpp"
#include "harness/worker/point.hpp"
#include "harness/worker/standard_output.hpp"
#include "harness/worker/trial_json.hpp"
#include "harness/worker/worker_options.hpp"
#include "workloads/compute/kernel.hpp"

namespace interleave {
namespace {

constexpr int kFine = 0, kWrong = 1, kUsage = 2, kLimit = 77;

const OfferedWorkload* find(const OfferedModel& model, const std::string& name) {
  for (const OfferedWorkload& workload : model.workloads) {
    if (workload.name == name) return &workload;
  }
  return nullptr;
}

// Why this model cannot run this load, if it cannot.
std::optional<std::string> limit_of(const OfferedModel& model, const OfferedWorkload& workload, const Load& load) {
  if (!workload.run) return workload.why_not;
  const std::uint64_t descriptors = raise_descriptor_limit();
  if (workload.connects && load.in_flight + 64 > descriptors) {
    return fmt::format("in_flight {} needs {} file descriptors, the limit is {} (ulimit -n)", load.in_flight,
                       load.in_flight + 64, descriptors);
  }
  if (const auto to = load.policies.find("offload");
      to != load.policies.end() && to->second != "inline" && !workload.offloads) {
    return fmt::format("the policy offload={} has no effect: {} hands no CPU work over", to->second, workload.name);
  }
  return model.refusal(load);
}

void refuse_unknown_policies(const OfferedModel& model, const Load& load) {
  refuse_unknown(load.policies, model.description.policies, "policy", model.description.name);
  offload_policy(load.policies, load.cores);  // for its values
}

// A worker of the harness dies with it, even by SIGKILL, which gives nobody the time to say goodbye. The pipe tells
// whether it was gone before that was arranged.
void end_with_harness(int phase_fd) {
  if (phase_fd < 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  pollfd reader{phase_fd, POLLOUT, 0};
  if (::poll(&reader, 1, 0) > 0 && (reader.revents & (POLLERR | POLLNVAL)) != 0) {
    throw std::runtime_error(fmt::format("--phase-fd {}: nobody reads it", phase_fd));
  }
}

// Swallows Google Benchmark's report: with --point the trial's JSON is the result.
class Quiet final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

class Worker {
 public:
  Worker(const OfferedModel& model, WorkerOptions options) : model_(model), options_(std::move(options)) {}

  // One iteration in manual time: the makespan.
  void add(const OfferedWorkload& workload, const Load& load) {
    const std::string name = model_.description.name + "/" + workload.name;
    benchmark::RegisterBenchmark(name.c_str(),
                                 [this, &workload, load](benchmark::State& state) {
                                   for (auto _ : state) {
                                     try {
                                       trial_ =
                                           workload.run(load, [this](auto phase, auto ideal) { tell(phase, ideal); });
                                     } catch (const std::exception& error) {
                                       failure_ = error.what();
                                       state.SkipWithError(failure_.c_str());
                                       break;
                                     }
                                     report(state, workload, load);
                                   }
                                 })
        ->Iterations(1)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }

  int run(benchmark::BenchmarkReporter* reporter) {
    const std::size_t ran =
        reporter != nullptr ? benchmark::RunSpecifiedBenchmarks(reporter) : benchmark::RunSpecifiedBenchmarks();
    if (!failure_.empty()) {
      std::fprintf(stderr, "%s: %s\n", model_.description.name.c_str(), failure_.c_str());
      return kUsage;
    }
    if (ran == 0) {
      std::fprintf(stderr, "%s: no benchmark matches\n", model_.description.name.c_str());
      return kUsage;
    }
    return wrong_ ? kWrong : kFine;
  }

  const TrialResult& trial() const { return trial_; }

 private:
  void report(benchmark::State& state, const OfferedWorkload& workload, const Load& load) {
    const double items = load.items;
    const auto seconds = std::chrono::duration<double>(trial_.makespan).count();
    state.SetIterationTime(seconds);
    state.SetItemsProcessed(load.items);
    state.counters["efficiency"] = seconds > 0 ? std::chrono::duration<double>(trial_.ideal).count() / seconds : 0;
    state.counters["cpu_us_per_item"] = static_cast<double>(trial_.cpu.total.count()) / 1e3 / items;
    if (trial_.judgement.right()) return;
    wrong_ = true;
    // The harness tells the server itself; by hand it is easily started with something else.
    const bool by_hand = workload.connects && options_.point.empty();
    std::fprintf(stderr, "%s/%s: wrong: %s%s\n", model_.description.name.c_str(), load.workload.c_str(),
                 trial_.judgement.first_fault.c_str(),
                 by_hand ? " (is the server started with the same --profile, --seed and --items?)" : "");
    state.SkipWithError(trial_.judgement.first_fault.c_str());
  }

  void tell(std::string_view phase, nanoseconds ideal) const {
    if (options_.phase_fd < 0) return;
    const std::string line = fmt::format("{} {} {}\n", phase, now_ns(), ideal.count());
    if (::write(options_.phase_fd, line.data(), line.size()) < 0) return;  // the harness is gone: the trial still ends
  }

  const OfferedModel& model_;
  WorkerOptions options_;
  TrialResult trial_;
  std::string failure_;
  bool wrong_ = false;
};

int run_point(const OfferedModel& model, const WorkerOptions& options, int argc, char** argv) {
  end_with_harness(options.phase_fd);
  const Load load = read_point(options.point);
  const OfferedWorkload* const workload = find(model, load.workload);
  if (workload == nullptr) throw std::invalid_argument("unknown workload '" + load.workload + "'");
  refuse_unknown(load.parameters, workload->parameters, "parameter", workload->name);
  refuse_unknown_policies(model, load);
  if (const auto limit = limit_of(model, *workload, load)) {
    std::fprintf(stderr, "%s\n", limit->c_str());
    return kLimit;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return kUsage;
  Worker worker(model, options);
  worker.add(*workload, load);
  Quiet quiet;
  const int status = worker.run(&quiet);
  if (status == kUsage) return status;
  std::ofstream out(options.out);
  out << trial_json(model, load, worker.trial()) << '\n';
  if (!out.flush()) throw std::runtime_error("cannot write " + options.out);
  return status;
}

std::optional<std::string> unknown_parameter(const OfferedWorkload& workload, const Load& load) try {
  refuse_unknown(load.parameters, workload.parameters, "parameter", workload.name);
  return std::nullopt;
} catch (const std::invalid_argument& error) {
  return error.what();
}

// Without --point: every workload that the flags allow, at the load the flags give.
int run_benchmarks(const OfferedModel& model, const WorkerOptions& options, int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return kUsage;
  Worker worker(model, options);
  for (const OfferedWorkload& workload : model.workloads) {
    Load load = options.load;
    load.workload = workload.name;
    refuse_unknown_policies(model, load);
    std::optional<std::string> limit = limit_of(model, workload, load);
    if (!limit) limit = unknown_parameter(workload, load);
    if (!limit && workload.connects && load.port == 0) limit = "needs --server 127.0.0.1:PORT (interleave serve)";
    if (limit) {
      std::fprintf(stderr, "skipped: %s/%s: %s\n", model.description.name.c_str(), workload.name.c_str(),
                   limit->c_str());
    } else {
      worker.add(workload, load);
    }
  }
  return worker.run(nullptr);
}

}  // namespace

int worker_main(const OfferedModel& model, int argc, char** argv) try {
  const WorkerOptions options = take_options(argc, argv);
  if (!options.point.empty() && options.out.empty()) throw std::invalid_argument("--point needs --out FILE");
  int status = kFine;
  if (options.help) {
    std::printf("%s\nOf Google Benchmark's flags:\n\n", worker_help(model.description.name).c_str());
    benchmark::PrintDefaultHelp();
  } else if (options.describe) {
    std::printf("%s\n", description_json(model).c_str());
  } else if (options.calibrate) {
    std::printf("%.0f\n", std::chrono::duration<double, std::micro>(1) / time_of_one_square());
  } else {
    status = options.point.empty() ? run_benchmarks(model, options, argc, argv) : run_point(model, options, argc, argv);
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
