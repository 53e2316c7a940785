// The life of a trial.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/trial.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/judge/saved_files.hpp"
#include "harness/load/arrivals.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/posix/files.hpp"
#include "harness/trial/checks.hpp"
#include "harness/trial/observation.hpp"
#include "harness/trial/worker_files.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr int kLimitStatus = 77;
constexpr std::size_t kPaddings = 4096;
constexpr std::uint64_t kMostPrepared = 512 << 20;  // bytes of inputs and expectations that are kept

std::string utc_now() {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto ms = now.time_since_epoch().count() % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)), ms);
}

std::int64_t ns_of(const timeval& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + std::int64_t{time.tv_usec} * 1000;
}

json cost_of(const rusage& cost) {
  return {{"user_ns", ns_of(cost.ru_utime)},
          {"system_ns", ns_of(cost.ru_stime)},
          {"max_rss_bytes", std::int64_t{cost.ru_maxrss} * 1024},
          {"voluntary_switches", cost.ru_nvcsw},
          {"involuntary_switches", cost.ru_nivcsw}};
}

json empty_line(const Plan& plan, const PlannedTrial& trial) {
  return {{"schema", 1},
          {"trial", trial.trial},
          {"round", trial.round},
          {"point", plan.points[trial.point].id},
          {"model", plan.models[trial.model].name},
          {"verdict", "valid"},
          {"reasons", json::array()},
          {"worker", nullptr},
          {"tape", nullptr},
          {"ledger", nullptr},
          {"census", {{"threads", 0}, {"processes", 0}, {"sampled", false}}},
          {"memory", nullptr},
          {"tree", nullptr},
          {"run_queue_wait_ns", nullptr},
          {"exit_status", nullptr},
          {"signal", nullptr},
          {"started_at", utc_now()},
          {"wall_ns", 0},
          {"throttled_periods", 0},
          {"cpu_per_item_ns", nullptr},
          {"efficiency", nullptr},
          {"makespan_ns", nullptr},
          {"latency_p99_ns", nullptr},
          {"server_limited", false}};
}

void mark(json& line, const char* verdict, const Reason& reason) {
  line["verdict"] = verdict;
  line["reasons"].push_back(reason);
}

// Why the worker's end alone makes the trial void; empty if it does not.
std::string bad_end(const Observation& seen, const std::filesystem::path& err) {
  const Ended& ended = seen.ended;
  if (ended.signal == SIGKILL) return "it was ended by SIGKILL (9): perhaps the OOM killer (see dmesg)";
  if (ended.signal != 0) return "it was ended by " + name_of_signal(ended.signal);
  if (ended.exit_status != 0) return fmt::format("it ended with status {}: {}", ended.exit_status, first_line(err));
  if (!seen.tape) return "it ended without saying that its run was over";
  return why_void(seen.left_behind);
}

// The look that found what the model claims, or else the last decisive one; none if there is neither.
const PlateauSample* chosen(const std::vector<PlateauSample>& samples, const json& worker) {
  const json claims = worker.is_object() ? worker.value("claims", json()) : json();
  for (const PlateauSample& sample : samples) {
    if (claims.is_object() && claims.value("threads", json()) == sample.census.threads &&
        claims.value("processes", json()) == sample.census.processes) {
      return &sample;
    }
  }
  const auto last =
      std::find_if(samples.rbegin(), samples.rend(), [](const PlateauSample& sample) { return sample.decisive; });
  return last == samples.rend() ? nullptr : &*last;
}

// The pages of the trial's two files are nobody's memory.
void put_sample(json& line, const PlateauSample& sample, std::uint64_t file_bytes) {
  const std::uint64_t pss = sample.memory.pss_bytes;
  line["census"] = {{"threads", sample.census.threads}, {"processes", sample.census.processes}, {"sampled", true}};
  line["memory"] = {{"plateau_pss_bytes", pss > file_bytes ? pss - file_bytes : 0},
                    {"per_item_bytes", nullptr},
                    {"scaled", sample.memory.scaled}};
  line["run_queue_wait_ns"] = sample.run_queue_wait.ns;
  line["run_queue_wait_scaled"] = sample.run_queue_wait.scaled;
}

// The quantities that rank.
void put_results(json& line, const Load& load, const Judgement& judgement, std::chrono::nanoseconds tree_cpu,
                 std::uint64_t file_bytes, std::uint32_t consumers) {
  const json& worker = line["worker"];
  const json& told = worker.at("cpu_run_ns");
  const double cpu = told.is_null() ? static_cast<double>(tree_cpu.count()) : told.at("total").get<double>();
  line["cpu_per_item_ns"] = cpu / load.items;
  line["makespan_ns"] = judgement.makespan.count();
  if (line["tape"].contains("efficiency")) line["efficiency"] = line["tape"]["efficiency"];
  if (line["tape"].contains("latency_ns")) line["latency_p99_ns"] = line["tape"]["latency_ns"]["p99"];
  const json before = worker.value("memory_before_bytes", json());
  if (line["memory"].is_object() && before.is_number()) {
    const double own = before.get<double>() - static_cast<double>(file_bytes);
    line["memory"]["per_item_bytes"] =
        (line["memory"]["plateau_pss_bytes"].get<double>() - own) / (load.in_flight + consumers);
  }
}

// What of the machine spoilt the trial: nobody's fault, and nothing to rank.
void disturbances(json& line, const Observation& seen) {
  const auto periods = line["throttled_periods"].get<std::uint64_t>();
  if (periods > 0)
    mark(line, "void",
         {check::kDisturbed,
          fmt::format("throttled: the CPU quota of a control group was used up in {} periods", periods)});
  if (seen.stalled.count() == 0) return;
  const double stalled_s = std::chrono::duration<double>(seen.stalled).count();
  mark(line, "void", {check::kDisturbed, fmt::format("the harness itself stood still for {:.1f} s", stalled_s)});
}

std::uint64_t bytes_of(const Prepared& prepared) {
  return prepared.inputs.size() * (sizeof(ItemInput) + sizeof(Expectation));
}

}  // namespace

TrialRunner::TrialRunner(const Plan& plan, std::filesystem::path scratch, std::vector<int> cpus,
                         const Interrupt& interrupt, Surroundings surroundings)
    : plan_(plan),
      scratch_(std::move(scratch)),
      cpus_(std::move(cpus)),
      interrupt_(interrupt),
      surroundings_(std::move(surroundings)) {}

TrialRunner::~TrialRunner() = default;

const Prepared& TrialRunner::prepared(std::size_t point) {
  if (const auto found = prepared_.find(point); found != prepared_.end()) return found->second;
  const Load& load = plan_.points[point].load;
  Prepared fresh = known_workload(load.workload).prepare(load);
  if (prepared_bytes_ + bytes_of(fresh) > kMostPrepared) {
    prepared_.clear();
    prepared_bytes_ = 0;
  }
  prepared_bytes_ += bytes_of(fresh);
  return prepared_[point] = std::move(fresh);
}

// That of waiting is known from the load alone; how fast a core computes is measured anew, for the best that it ever
// was.
nanoseconds TrialRunner::ideal_of(std::size_t point) {
  const Load& load = plan_.points[point].load;
  const Workload& workload = known_workload(load.workload);
  if (workload.about.ideal == IdealKind::none) return nanoseconds(0);
  if (workload.about.ideal == IdealKind::calibrated) return workload.ideal(load);
  const auto found = exact_ideals_.find(point);
  return found != exact_ideals_.end() ? found->second : exact_ideals_[point] = workload.ideal(load);
}

ServerChild& TrialRunner::server() {
  if (!server_)
    server_ = std::make_unique<ServerChild>(place(cpus_, 1, true).server, scratch_, interrupt_, surroundings_.server);
  return *server_;
}

json TrialRunner::run(const PlannedTrial& trial) {
  interrupt_.check();
  json line = empty_line(plan_, trial);
  const std::pair cell(trial.point, trial.model);
  if (const auto skip = skips_.find(cell); skip != skips_.end()) {
    mark(line, "skipped", skip->second);
    return line;
  }
  if (known_workload(plan_.points[trial.point].load.workload).about.connects) server();
  try {
    line = measured(trial, std::move(line));
  } catch (const ServerLost& lost) {
    server_.reset();
    if (++deaths_ > 1) throw ServerGone(lost.what());
    line = empty_line(plan_, trial);
    mark(line, "void", {check::kServer, lost.what()});
  }
  if (surroundings_.fresh_server) server_.reset();
  if (line["verdict"] != "skipped") lose_patience(trial, line);  // a limit may pass: the next round asks again
  return line;
}

void TrialRunner::remember(const PlannedTrial& trial, const json& line) {
  if (line.at("verdict") != "skipped") return lose_patience(trial, line);
  Reason reason = line.at("reasons").front().get<Reason>();
  if (reason.check == check::kPatience) skips_[{trial.point, trial.model}] = std::move(reason);
}

void TrialRunner::lose_patience(const PlannedTrial& trial, const json& line) {
  const std::chrono::duration<double> took = nanoseconds(line.at("wall_ns").get<std::int64_t>());
  std::chrono::duration<double> allowed(plan_.patience_s);
  const std::pair cell(trial.point, trial.model);
  Pace& pace = paces_[cell];
  ++pace.trials;
  if (took <= allowed) return;  // whatever the ideal, which may have to be measured
  allowed += 3 * ideal_of(trial.point);
  if (took <= allowed) return;
  ++pace.slow;
  // Once may be the machine's fault, unless nothing else is known of the cell and it was by far.
  const bool by_far = pace.trials == 1 && took >= 2 * allowed;
  if (!by_far && (pace.slow < 2 || 2 * pace.slow < pace.trials)) return;
  skips_[cell] = {.check = check::kPatience,
                  .text = fmt::format("a trial takes {:.2f} s, the profile {} has patience for {:.2f} s", took.count(),
                                      plan_.profile, allowed.count()),
                  .limit_s = allowed.count()};
}

Launch TrialRunner::launch_of(const PlannedTrial& trial, const WorkloadAbout& workload,
                              const std::filesystem::path& folder) const {
  const Load& load = plan_.points[trial.point].load;
  json asked = load;
  asked["schema"] = 1;
  asked["seed"] = 0;  // a worker that knew it could do its items' work beforehand
  if (workload.connects) server_->name_in(asked, workload);
  if (!folder.empty()) asked["folder"] = folder.string();
  const std::filesystem::path point = scratch_ / "point.json", out = scratch_ / "trial.json";
  const std::filesystem::path err = scratch_ / "worker.stderr";
  for (const std::filesystem::path& each : {point, out, err}) make_way(each);
  write_checked(point, asked.dump());
  Launch launch;
  launch.program = plan_.models[trial.model].executable;
  launch.arguments = {"--point", point, "--out", out};
  launch.cpus = place(cpus_, load.cores, workload.connects).model;
  launch.padding = mix64(plan_.seed, surroundings_.padding_by_round ? trial.round : trial.trial) % kPaddings;
  launch.environment = environment_;
  launch.err = err;
  return launch;
}

json TrialRunner::measured(const PlannedTrial& trial, json line) {
  const Load& load = plan_.points[trial.point].load;
  const WorkloadAbout& workload = known_workload(load.workload).about;
  const Prepared& work = prepared(trial.point);
  const nanoseconds ideal = ideal_of(trial.point);
  const ItemFiles files(load.items);
  std::optional<SavedFiles> saved;
  if (!work.saved.empty()) saved.emplace(scratch_ / "saved", work.saved);
  Launch launch = launch_of(trial, workload, saved ? saved->folder() : std::filesystem::path());
  const std::filesystem::path err = launch.err;
  if (workload.connects) {
    server_->wait_idle();
    server_->begin(std::to_string(trial.trial), load, work.requests);
  }
  const std::int64_t started = now_ns();
  const std::uint64_t throttled = throttle_.now().periods;
  const Observation seen =
      observe(std::move(launch), files, work.inputs, ideal, workload.connects ? server_->pidfd() : -1, interrupt_);
  line["wall_ns"] = now_ns() - started - seen.stalled.count();  // patience is for what the model takes
  line["throttled_periods"] = throttle_.now().periods - throttled;
  if (seen.server_died) throw ServerLost("the server died during the trial: " + server_->why_lost());
  if (workload.connects) line["ledger"] = server_->end();
  if (seen.ended.signal == 0) line["exit_status"] = seen.ended.exit_status;
  else line["signal"] = seen.ended.signal;
  line["tree"] = cost_of(seen.ended.cost);
  line["worker"] = read_worker_json(scratch_ / "trial.json");
  if (const PlateauSample* const sample = chosen(seen.samples, line["worker"]))
    put_sample(line, *sample, files.bytes());
  if (seen.ended.exit_status == kLimitStatus && seen.window.over_ns == 0) {
    // Where it had begun, it did not keep up what was asked for: who could leave out the rounds that go badly would
    // win.
    if (seen.window.go_ns == 0) mark(line, "skipped", {check::kLimit, first_line(err)});
    else mark(line, "void", {check::kSustained, "a limit ended the run: " + first_line(err)});
    return line;
  }
  if (seen.tape) judge(line, load, workload, work, ideal, seen, files);
  if (seen.tape && saved) {
    for (const Reason& reason : saved->why_void(seen.window)) mark(line, "void", reason);
  }
  if (const auto killed = why_killed(seen)) mark(line, "void", *killed);
  else if (const std::string reason = bad_end(seen, err); !reason.empty()) mark(line, "void", {check::kWorker, reason});
  disturbances(line, seen);
  line["server_limited"] = server_limited(load, workload.arrives && Arrivals::asked_by(load), line["ledger"]);
  return line;
}

void TrialRunner::judge(json& line, const Load& load, const WorkloadAbout& workload, const Prepared& work,
                        nanoseconds ideal, const Observation& seen, const ItemFiles& files) {
  const Judgement judgement = interleave::judge(*seen.tape, work, load.in_flight, ideal, workload.ideal, seen.window);
  line["tape"] = judgement;
  for (const Reason& reason : judgement.reasons) mark(line, "void", reason);
  if (seen.left_its_cores) mark(line, "void", {check::kCpu, "it may run on cores that were not given to it"});
  if (const auto why = why_written_late(*seen.tape, seen.tape_looks)) mark(line, "void", {check::kTape, *why});
  if (!files.same_tape(*seen.tape)) mark(line, "void", {check::kTape, "records were written after the end of the run"});
  if (!files.same_inputs(work.inputs)) mark(line, "void", {check::kTape, "what the items were to do was changed"});
  const Evidence evidence{.worker = line["worker"],
                          .ledger = line["ledger"],
                          .census = line["census"],
                          .tree_cpu = seen.tree_cpu,
                          .has_ticks = seen.has_ticks,
                          .window = seen.window};
  line["run_cpu_ns"] = seen.tree_cpu.count();
  for (const Reason& reason : why_void(load, workload, work.requests, judgement, evidence)) mark(line, "void", reason);
  if (line["verdict"] == "valid")
    put_results(line, load, judgement, seen.tree_cpu, files.bytes(), work.handover.consumers);
}

}  // namespace interleave
