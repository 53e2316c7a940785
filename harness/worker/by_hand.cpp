// Google Benchmark's registry, reporters and flags around judged trials.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/by_hand.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "harness/judge/judge.hpp"
#include "harness/judge/saved_files.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/worker/exit_status.hpp"

namespace interleave {
namespace {

// This program lets its own runs go.
class OwnControl final : public Control {
 public:
  OwnControl(const ItemFiles& files, const Prepared& prepared) : files_(files), prepared_(prepared) {}
  void connected() override {}
  void ready() override {
    files_.fill(prepared_.inputs);
    window_.go_ns = now_ns();
  }
  void over() override {
    window_.over_ns = now_ns();
    tape_ = files_.copy_tape();
  }
  Judgement judged(const Load& load, nanoseconds ideal, IdealKind kind) const {
    return judge(tape_, prepared_, load.in_flight, ideal, kind, window_);
  }
  Window window() const { return window_; }

 private:
  const ItemFiles& files_;
  const Prepared& prepared_;
  Window window_;
  TapeCopy tape_;
};

// Hands everything on, with the CPU time of the whole process tree where the library has that of its own thread.
class TreeCpuReporter final : public benchmark::BenchmarkReporter {
 public:
  explicit TreeCpuReporter(std::unique_ptr<benchmark::BenchmarkReporter> inner, std::ofstream* file = nullptr)
      : inner_(std::move(inner)), file_(file) {
    if (file_ != nullptr) inner_->SetOutputStream(file_);
    inner_->SetErrorStream(&GetErrorStream());
  }
  bool ReportContext(const Context& context) override { return inner_->ReportContext(context); }
  void ReportRuns(const std::vector<Run>& runs) override {
    std::vector<Run> told = runs;
    for (Run& run : told) {
      const auto cpu = run.counters.find(kTreeCpu);
      if (cpu == run.counters.end()) continue;
      if (run.run_type == Run::RT_Iteration)
        run.cpu_accumulated_time = cpu->second.value * static_cast<double>(run.iterations);
      else
        run.cpu_accumulated_time = cpu->second.value * static_cast<double>(std::max<std::int64_t>(run.iterations, 1));
      run.counters.erase(cpu);
    }
    inner_->ReportRuns(told);
  }
  void Finalize() override {
    inner_->Finalize();
    lost_ = file_ != nullptr && !file_->flush();
  }
  bool lost() const { return lost_; }

  static constexpr const char* kTreeCpu = "tree_cpu_s";  // seconds

 private:
  std::unique_ptr<benchmark::BenchmarkReporter> inner_;
  std::ofstream* file_;
  bool lost_ = false;
};

class ByHand {
 public:
  explicit ByHand(const OfferedModel& model) : model_(model) {}

  // A benchmark; each iteration in manual time, the makespan.
  void add(const OfferedWorkload& offered, const Workload& workload, const Load& load) {
    const std::string name = model_.description.name + "/" + offered.about.name;
    benchmark::RegisterBenchmark(name.c_str(),
                                 [this, &offered, &workload, load](benchmark::State& state) {
                                   for (auto _ : state) run(state, offered, workload, load);
                                 })
        ->Iterations(1)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }

 private:
  void run(benchmark::State& state, const OfferedWorkload& offered, const Workload& workload, Load load) try {
    const Prepared prepared = workload.prepare(load);
    const nanoseconds ideal = workload.about.ideal == IdealKind::none ? nanoseconds(0) : workload.ideal(load);
    announce(offered, ideal);
    std::optional<Scratch> scratch;
    std::optional<SavedFiles> saved;
    if (!prepared.saved.empty()) {
      saved.emplace(scratch.emplace().path() / "saved", prepared.saved);
      load.folder = saved->folder().string();
    }
    const ItemFiles files(load.items);
    OwnControl control(files, prepared);
    const TrialResult trial = offered.run(load, {.tape = files.tape(), .inputs = files.inputs()}, control);
    const Judgement judgement = control.judged(load, ideal, workload.about.ideal);
    std::vector<Reason> reasons = judgement.reasons;
    for (const Reason& reason : saved ? saved->why_void(control.window()) : std::vector<Reason>()) {
      reasons.push_back(reason);
    }
    for (const Reason& reason : reasons) {
      if (reason.check != check::kDisturbed) fail(offered, kWrong, "wrong: " + reason.text);
    }
    report(state, load, trial, judgement);
  } catch (const std::exception& error) {
    fail(offered, kUsage, error.what());
  }

  // A report comes at the end: whoever waits long for it is told why.
  void announce(const OfferedWorkload& offered, nanoseconds ideal) const {
    if (ideal < kLong) return;
    std::fprintf(stderr, "%s/%s: takes at least %.0f s (--items and --in-flight are the load)\n",
                 model_.description.name.c_str(), offered.about.name.c_str(),
                 std::chrono::duration<double>(ideal).count());
  }
  static void report(benchmark::State& state, const Load& load, const TrialResult& trial, const Judgement& judgement) {
    const double makespan = std::chrono::duration<double>(judgement.makespan).count();
    const double cpu = std::chrono::duration<double>(trial.cpu.total).count();
    state.SetIterationTime(makespan);
    state.SetItemsProcessed(load.items);
    if (judgement.ideal.count() > 0 && makespan > 0) {
      state.counters["efficiency"] = std::chrono::duration<double>(judgement.ideal).count() / makespan;
    }
    state.counters["cpu_us_per_item"] = cpu * 1e6 / load.items;
    state.counters[TreeCpuReporter::kTreeCpu] = cpu;
  }

  // Ends the program: libbenchmark 1.7.1 crashes over repetitions of which the first has failed.
  [[noreturn]] void fail(const OfferedWorkload& offered, int status, const std::string& why) const {
    std::fflush(stdout);
    // The harness tells the server itself; by hand it is easily started with something else.
    const bool hint = status == kWrong && offered.about.connects;
    std::fprintf(stderr, "%s/%s: %s%s\n", model_.description.name.c_str(), offered.about.name.c_str(), why.c_str(),
                 hint ? " (is the server started with the same --profile, --seed, --items and --time-scale?)" : "");
    std::_Exit(status);
  }

  static constexpr std::chrono::seconds kLong{10};
  const OfferedModel& model_;
};

// The models that have threads of a library obey no number of cores: affinity does.
void keep_to_cores(std::uint32_t cores) {
  cpu_set_t allowed, kept;
  CPU_ZERO(&kept);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  for (int cpu = 0; cpu < CPU_SETSIZE && cores > 0; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    CPU_SET(cpu, &kept);
    --cores;
  }
  sched_setaffinity(0, sizeof kept, &kept);
}

void refuse_what_has_no_effect(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]).rfind("--benchmark_min_time", 0) == 0) {
      throw std::invalid_argument(
          "--benchmark_min_time has no effect: a load is run once; give more --items, or --benchmark_repetitions");
    }
  }
}

std::string value_of(const char* flag, int argc, char** argv) {
  const std::string start = std::string(flag) + "=";
  std::string value;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]).rfind(start, 0) == 0) value = argv[i] + start.size();
  }
  return value;
}

std::unique_ptr<benchmark::BenchmarkReporter> file_reporter(const std::string& format) {
  if (format.empty() || format == "json") return std::make_unique<benchmark::JSONReporter>();
  if (format == "console") return std::make_unique<benchmark::ConsoleReporter>(benchmark::ConsoleReporter::OO_None);
  throw std::invalid_argument("--benchmark_out_format=" + format + ": known are json and console");
}

std::optional<std::string> unknown_parameter(const WorkloadAbout& about, const Load& load) {
  for (const auto& [name, value] : load.parameters) {
    const auto is_it = [&wanted = name](const ParameterAbout& each) { return each.name == wanted; };
    if (std::none_of(about.parameters.begin(), about.parameters.end(), is_it)) return "has no parameter '" + name + "'";
  }
  return std::nullopt;
}

std::optional<std::string> missing_server(const WorkloadAbout& about, const Load& load) {
  if (about.connects && about.datagrams && load.name_port == 0)
    return "needs --name-server 127.0.0.1:PORT (interleave serve --names)";
  if (about.connects && !about.datagrams && load.port == 0) return "needs --server 127.0.0.1:PORT (interleave serve)";
  return std::nullopt;
}

const Workload& known(const std::vector<Workload>& all, const std::string& name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Workload& each) { return each.about.name == name; });
  if (found == all.end()) throw std::logic_error(name + " has bodies here and no spec");
  return *found;
}

// How many benchmarks ran.
std::size_t report_all(const std::string& out, const std::string& format) {
  TreeCpuReporter display{std::unique_ptr<benchmark::BenchmarkReporter>(benchmark::CreateDefaultDisplayReporter())};
  if (out.empty()) return benchmark::RunSpecifiedBenchmarks(&display);
  std::ofstream file(out);
  if (!file) throw std::runtime_error("cannot write " + out);
  TreeCpuReporter to_file(file_reporter(format), &file);
  const std::size_t ran = benchmark::RunSpecifiedBenchmarks(&display, &to_file);
  if (to_file.lost()) throw std::runtime_error("cannot write " + out + ": is the disk full?");
  return ran;
}

}  // namespace

int run_by_hand(const OfferedModel& model, const WorkerOptions& options, int argc, char** argv) {
  refuse_what_has_no_effect(argc, argv);
  keep_to_cores(options.load.cores);
  const std::vector<Workload> all = built_in_workloads();
  ByHand by_hand(model);
  for (const OfferedWorkload& offered : model.workloads) {
    Load load = options.load;
    load.workload = offered.about.name;
    std::optional<std::string> limit = limit_of(model, offered, load);
    if (!limit) limit = unknown_parameter(offered.about, load);
    if (!limit) limit = missing_server(offered.about, load);
    if (limit) {
      std::fprintf(stderr, "skipped: %s/%s: %s\n", model.description.name.c_str(), load.workload.c_str(),
                   limit->c_str());
    } else {
      by_hand.add(offered, known(all, load.workload), load);
    }
  }
  const std::string out = value_of("--benchmark_out", argc, argv),
                    format = value_of("--benchmark_out_format", argc, argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return kUsage;
  if (report_all(out, format) != 0) return kFine;
  std::fprintf(stderr, "%s: no benchmark matches\n", model.description.name.c_str());
  return kUsage;
}

}  // namespace interleave
