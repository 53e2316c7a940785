// The two JSON texts a worker writes: what it is, and what a trial came to.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/trial_json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace interleave {
namespace {

using nlohmann::json;

json settings(const std::vector<Setting>& declared) {
  json list = json::array();
  for (const Setting& setting : declared) {
    list.push_back({{"name", setting.name}, {"default", setting.otherwise}, {"meaning", setting.meaning}});
  }
  return list;
}

json quantiles(const Quantiles& q) {
  return {{"p50", q.p50}, {"p90", q.p90}, {"p99", q.p99}, {"p999", q.p999}, {"max", q.max}};
}

}  // namespace

std::string description_json(const OfferedModel& model) {
  const Description& d = model.description;
  json offered = json::array();
  json skipped = json::object();
  json parameters = json::object();
  for (const OfferedWorkload& workload : model.workloads) {
    parameters[workload.name] = settings(workload.parameters);
    if (workload.run) offered.push_back(workload.name);
    else skipped[workload.name] = workload.why_not;
  }
  return json{{"schema", 1},
              {"name", d.name},
              {"style", model.style},
              {"library", d.library},
              {"back_end", d.back_end},
              {"threads", d.threads},
              {"capabilities", model.capabilities},
              {"workloads", offered},
              {"skips", skipped},
              {"parameters", parameters},
              {"policies", settings(d.policies)}}
      .dump(2);
}

std::string trial_json(const OfferedModel& model, const Load& load, const TrialResult& trial) {
  const Judgement& j = trial.judgement;
  json outcomes = json::object();
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    if (j.outcomes[i] != 0) outcomes[std::string(kOutcomeNames[i])] = j.outcomes[i];
  }
  const Times& t = trial.times;
  const double makespan = static_cast<double>(trial.makespan.count());
  return json{
      {"schema", 1},
      {"model", model.description.name},
      {"workload", load.workload},
      {"status", j.right() ? "right" : "wrong"},
      {"reason", j.first_fault},
      {"claims",
       {{"threads", trial.claims.threads},
        {"processes", trial.claims.processes},
        {"loops", trial.claims.loops},
        {"come_and_go", trial.claims.come_and_go}}},
      {"back_end", model.description.back_end},
      {"connected_ns", trial.connected_ns},
      {"run_ns", trial.run_ns},
      {"over_ns", trial.over_ns},
      {"drained_ns", trial.drained_ns},
      {"makespan_ns", trial.makespan.count()},
      {"ideal_ns", trial.ideal.count()},
      {"efficiency", makespan > 0 ? static_cast<double>(trial.ideal.count()) / makespan : 0.0},
      {"outcomes", outcomes},
      {"wrong", j.wrong},
      {"missing", j.missing},
      {"doubled", j.doubled},
      {"digest", fmt::format("{:016x}", j.digest)},
      {"expected_digest", fmt::format("{:016x}", j.expected_digest)},
      {"fingerprint", fmt::format("{:016x}", trial.fingerprint)},
      {"service_ns", quantiles(t.service)},
      {"first_byte_ns", quantiles(t.first_byte)},
      {"wake_up_lag_ns", quantiles(t.wake_up_lag)},
      {"loop_lag_ns", trial.heartbeats == 0 ? json() : quantiles(trial.loop_lag)},
      {"heartbeats", trial.heartbeats},
      {"first_end_ns", t.first_end_ns},
      {"median_end_ns", t.median_end_ns},
      {"last_end_ns", t.last_end_ns},
      {"mean_in_flight", t.mean_in_flight},
      {"cpu_run_ns",
       {{"user", trial.cpu.user.count()}, {"system", trial.cpu.system.count()}, {"total", trial.cpu.total.count()}}},
      {"memory_before_bytes", trial.memory_before}}
      .dump();
}

}  // namespace interleave
