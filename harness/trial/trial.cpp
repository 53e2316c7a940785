// The life of a trial.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/trial.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/machine/cpus.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/plan/profiles.hpp"
#include "harness/trial/checks.hpp"
#include "harness/trial/observation.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr int kLimitStatus = 77;
constexpr std::size_t kPaddings = 4096;

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
          {"ledger", nullptr},
          {"census", {{"threads", 0}, {"processes", 0}, {"sampled", false}}},
          {"memory", nullptr},
          {"tree", nullptr},
          {"run_queue_wait_ns", nullptr},
          {"exit_status", nullptr},
          {"signal", nullptr},
          {"started_at", utc_now()},
          {"wall_ns", 0},
          {"cpu_per_item_ns", nullptr},
          {"efficiency", nullptr},
          {"makespan_ns", nullptr},
          {"server_limited", false}};
}

void mark(json& line, const char* verdict, const std::string& reason) {
  line["verdict"] = verdict;
  line["reasons"].push_back(reason);
}

json read_json(const std::filesystem::path& file) {
  std::ifstream in(file);
  json read = in ? json::parse(in, nullptr, false) : json();
  return read.is_object() ? read : json();
}

// Why the worker's end alone makes the trial void; empty if it does not.
std::string bad_end(const Observation& seen, const std::filesystem::path& err) {
  const Ended& ended = seen.ended;
  if (seen.hung) return "the worker had not ended after 20 s and ten times the ideal: killed";
  if (ended.signal == SIGKILL) return "the worker was ended by SIGKILL (9): perhaps the OOM killer (see dmesg)";
  if (ended.signal != 0) return "the worker was ended by " + name_of_signal(ended.signal);
  if (ended.exit_status > 1)
    return fmt::format("the worker ended with status {}: {}", ended.exit_status, first_line(err));
  return {};
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

void put_sample(json& line, const PlateauSample& sample) {
  line["census"] = {{"threads", sample.census.threads}, {"processes", sample.census.processes}, {"sampled", true}};
  line["memory"] = {
      {"plateau_pss_bytes", sample.memory.pss_bytes}, {"per_item_bytes", nullptr}, {"scaled", sample.memory.scaled}};
  line["run_queue_wait_ns"] = sample.run_queue_wait.ns;
  line["run_queue_wait_scaled"] = sample.run_queue_wait.scaled;
}

// The quantities that rank, out of what the worker says.
void put_results(json& line, const Load& load, const Oracle& oracle) try {
  const json& worker = line["worker"];
  const double items = load.items;
  line["cpu_per_item_ns"] = worker.at("cpu_run_ns").at("total").get<double>() / items;
  const double makespan = worker.at("makespan_ns");
  line["makespan_ns"] = worker.at("makespan_ns");
  // The ideal of waiting is known from the load alone; that of computing each worker calibrates for itself.
  const bool computes = load.workload == "compute" || known_workload(load.workload).offloads;
  const double ideal = computes ? worker.at("ideal_ns").get<double>() : static_cast<double>(oracle.ideal.count());
  if (makespan > 0 && ideal > 0) line["efficiency"] = ideal / makespan;
  if (line["memory"].is_object()) {
    const double before = worker.at("memory_before_bytes");
    line["memory"]["per_item_bytes"] = (line["memory"]["plateau_pss_bytes"].get<double>() - before) / load.in_flight;
  }
} catch (const json::exception& error) {
  mark(line, "void", std::string("trial.json is not what docs/design.md says: ") + error.what());
}

}  // namespace

TrialRunner::TrialRunner(const Plan& plan, std::filesystem::path scratch, std::vector<int> cpus,
                         const Interrupt& interrupt)
    : plan_(plan), scratch_(std::move(scratch)), cpus_(std::move(cpus)), interrupt_(interrupt) {}

TrialRunner::~TrialRunner() = default;

void TrialRunner::remember_skip(std::size_t point, std::size_t model, std::string reason) {
  skips_[{point, model}] = std::move(reason);
}

const Oracle& TrialRunner::oracle_of(std::size_t point) {
  const auto found = oracles_.find(point);
  if (found != oracles_.end()) return found->second;
  const Load& load = plan_.points[point].load;
  return oracles_[point] = known_workload(load.workload).oracle(load);
}

ServerChild& TrialRunner::server() {
  if (!server_) server_ = std::make_unique<ServerChild>(place(cpus_, 1, true).server, scratch_, interrupt_);
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
  if (known_workload(plan_.points[trial.point].load.workload).connects) server();
  try {
    line = measured(trial, std::move(line));
  } catch (const ServerLost& lost) {
    server_.reset();
    if (++deaths_ > 1) throw ServerGone(lost.what());
    line = empty_line(plan_, trial);
    mark(line, "void", std::string("server: ") + lost.what());
  }
  if (line["verdict"] == "skipped") skips_[cell] = line["reasons"].front();
  else lose_patience(trial, line);
  return line;
}

void TrialRunner::lose_patience(const PlannedTrial& trial, const json& line) {
  const std::chrono::nanoseconds took(line["wall_ns"].get<std::int64_t>());
  const std::chrono::duration<double> allowed =
      run_profile_named(plan_.profile).patience + 3 * oracle_of(trial.point).ideal;
  if (took <= allowed) return;
  const std::pair cell(trial.point, trial.model);
  if (took < 2 * allowed && slow_.insert(cell).second) return;  // once may be the machine's fault
  skips_[cell] = fmt::format("a trial takes {:.2f} s, the profile {} has patience for {:.2f} s",
                             static_cast<double>(took.count()) / 1e9, plan_.profile, allowed.count());
}

json TrialRunner::measured(const PlannedTrial& trial, json line) {
  const Load& load = plan_.points[trial.point].load;
  const KnownWorkload& workload = known_workload(load.workload);
  const bool connects = workload.connects;
  const Oracle& oracle = oracle_of(trial.point);
  const std::filesystem::path point = scratch_ / "point.json", out = scratch_ / "trial.json",
                              err = scratch_ / "worker.stderr";
  std::filesystem::remove(out);
  json asked = to_json(load);
  asked["schema"] = 1;
  asked["port"] = connects ? server_->port() : 0;
  std::ofstream(point) << asked;

  Launch launch;
  launch.program = plan_.models[trial.model].executable;
  launch.arguments = {"--point", point, "--out", out, "--phase-fd", "3"};
  launch.cpus = place(cpus_, load.cores, connects).model;
  launch.padding = mix64(plan_.seed, trial.trial) % kPaddings;
  launch.err = err;
  if (connects) {
    server_->wait_idle();
    server_->begin(std::to_string(trial.trial), load);
  }
  const std::int64_t started = now_ns();
  const Observation seen = observe(std::move(launch), oracle.ideal, connects ? server_->pidfd() : -1, interrupt_);
  line["wall_ns"] = now_ns() - started;
  if (seen.server_died) throw ServerLost("the server died during the trial: " + server_->why_lost());
  if (connects) line["ledger"] = server_->end();
  if (seen.ended.signal == 0) line["exit_status"] = seen.ended.exit_status;
  else line["signal"] = seen.ended.signal;
  line["tree"] = cost_of(seen.ended.cost);
  line["worker"] = read_json(out);
  if (const PlateauSample* const sample = chosen(seen.samples, line["worker"])) put_sample(line, *sample);
  if (seen.ended.exit_status == kLimitStatus) {
    mark(line, "skipped", first_line(err));
    return line;
  }
  if (const std::string reason = bad_end(seen, err); !reason.empty()) {
    mark(line, "void", reason);
    return line;
  }
  for (const std::string& reason : why_void(load, workload, oracle, {line["worker"], line["ledger"], line["census"]})) {
    mark(line, "void", reason);
  }
  if (seen.ended.exit_status != 0 && line["verdict"] == "valid")
    mark(line, "void", "the worker ended with status 1: " + first_line(err));
  line["server_limited"] = server_limited(load, line["ledger"]);
  if (line["verdict"] == "valid") put_results(line, load, oracle);
  return line;
}

}  // namespace interleave
