// What a worker says.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/trial_json.hpp"

#include <nlohmann/json.hpp>

namespace interleave {

using nlohmann::json;

NLOHMANN_JSON_SERIALIZE_ENUM(Family, {{Family::sequential, "sequential"},
                                      {Family::processes, "processes"},
                                      {Family::threads, "threads"},
                                      {Family::callbacks, "callbacks"},
                                      {Family::coroutines, "coroutines"}})

static void to_json(json& out, const Claims& claims) {
  out = {{"threads", claims.threads},
         {"processes", claims.processes},
         {"loops", claims.loops},
         {"come_and_go", claims.come_and_go}};
}

static void to_json(json& out, const CpuTime& cpu) {
  out = {{"user", cpu.user.count()}, {"system", cpu.system.count()}, {"total", cpu.total.count()}};
}

std::string description_json(const OfferedModel& model) {
  const Description& d = model.description;
  json offered = json::array(), skipped = json::object(), policies = json::array();
  for (const OfferedWorkload& workload : model.workloads) {
    if (workload.offered) offered.push_back(workload.about.name);
    else skipped[workload.about.name] = workload.about.needs;
  }
  for (const Setting& each : d.policies) {
    policies.push_back({{"name", each.name}, {"default", each.otherwise}, {"meaning", each.meaning}});
  }
  return json{{"schema", 1},
              {"name", d.name},
              {"family", d.family},
              {"bears_family", d.bears_family},
              {"counterparts", d.counterparts},
              {"style", model.style},
              {"library", d.library},
              {"language", "C++"},
              {"back_end", d.back_end},
              {"threads", d.threads},
              {"capabilities", model.capabilities},
              {"workloads", offered},
              {"skips", skipped},
              {"policies", policies}}
      .dump(2);
}

std::string trial_json(const OfferedModel& model, const Load& load, const TrialResult& trial) {
  return json{{"schema", 1},
              {"model", model.description.name},
              {"workload", load.workload},
              {"library", model.description.library},
              {"back_end", model.description.back_end},
              {"claims", trial.claims},
              {"cpu_run_ns", trial.cpu},
              {"memory_before_bytes", trial.memory_before},
              {"heartbeats", trial.heartbeats},
              {"loop_lag_ns", trial.heartbeats == 0 ? json() : json(trial.loop_lag)}}
      .dump();
}

}  // namespace interleave
