// A model and the list of workloads become a program: int main(argc, argv) { return run_model<M>(argc, argv); }
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/worker/capabilities.hpp"
#include "harness/worker/loop_lag.hpp"
#include "harness/worker/worker_main.hpp"
#include "harness/worker/workload.hpp"
#include "workloads/all.hpp"

namespace interleave {

// One trial of M, which is made of (load, sockets) and has claims(load); run(model, load) does the items. A native twin
// is one too, without being a Model.
template <class M, Workload W, class Run>
TrialResult measured(const Load& asked, const OnPhase& on_phase, Run run) {
  typename W::PreparedLoad load(asked);
  Tape tape(load.items);
  load.tape = &tape;
  TrialResult trial;
  trial.claims = M::claims(load);
  std::optional<LoopLag> loop_lag;
  std::optional<Offload> offload;  // before any connection: processes forked here must not hold one open
  if constexpr (W::kOffloads) {
    load.loop_lag = &loop_lag.emplace();
    const OffloadPolicy policy = offload_policy(load.policies, load.cores);
    if (policy.to != OffloadTo::caller) load.offload = &offload.emplace(policy, load.in_flight, load.cores);
    trial.claims.threads += policy.workers;
    if (policy.to == OffloadTo::processes) trial.claims.processes += policy.workers;
  }
  trial.ideal = W::ideal(load);
  trial.fingerprint = W::fingerprint(load);
  trial.memory_before = proportional_set_size();
  std::vector<Socket> sockets;
  if (W::kConnects) sockets = dial_all(load.port, load.in_flight);
  trial.connected_ns = now_ns();
  on_phase("connected", trial.ideal);
  {
    M model(load, std::move(sockets));
    on_phase("run", trial.ideal);
    const CpuTime before = tree_cpu();
    tape.run_starts();
    run(model, load);
    trial.over_ns = now_ns();
    const CpuTime after = tree_cpu();
    on_phase("over", trial.ideal);
    trial.cpu = {after.user - before.user, after.system - before.system, after.total - before.total};
  }
  trial.drained_ns = now_ns();
  trial.run_ns = tape.started_ns();
  trial.makespan = nanoseconds(trial.over_ns - trial.run_ns);
  trial.judgement = judge(tape, [&](std::uint32_t item) { return W::expected(load, item); });
  trial.times = times_of(tape, trial.makespan);
  if (loop_lag) {
    trial.heartbeats = loop_lag->count();
    trial.loop_lag = loop_lag->quantiles();
  }
  return trial;
}

template <Model M, Workload W>
TrialResult run_once(const Load& asked, const OnPhase& on_phase) {
  return measured<M, W>(asked, on_phase,
                        [](M& model, const Load& load) { model.for_each_item(load, body_for<M, W>()); });
}

template <Model M, Workload W>
OfferedWorkload offer() {
  OfferedWorkload offered;
  offered.name = W::kName;
  offered.connects = W::kConnects;
  offered.offloads = W::kOffloads;
  offered.parameters.assign(W::kParameters.begin(), W::kParameters.end());
  if constexpr (Runs<M, W>) {
    offered.run = [](const Load& load, const OnPhase& on_phase) { return run_once<M, W>(load, on_phase); };
  } else {
    offered.why_not = W::kNeeds;
  }
  return offered;
}

template <Model M, Workload... Ws>
std::vector<OfferedWorkload> offer_all(Workloads<Ws...>) {
  return {offer<M, Ws>()...};
}

template <class M>
std::vector<std::string> capabilities_of() {
  using L = typename M::Lane;
  std::vector<std::string> names;
  if (BlockingDeadline<L> || CallbackDeadline<L> || CoroutineDeadline<L>) names.emplace_back("deadline");
  if (Offloads<L>) names.emplace_back("offload");
  return names;
}

template <Model M>
int run_model(int argc, char** argv) {
  const char* const style = BlockingModel<M> ? "blocking" : CallbackModel<M> ? "callback" : "coroutine";
  OfferedModel model{M::describe(), style, capabilities_of<M>(), &M::refusal, offer_all<M>(AllWorkloads{})};
  if (Offloads<typename M::Lane>) {
    model.description.policies.insert(model.description.policies.end(), std::begin(kOffloadSettings),
                                      std::end(kOffloadSettings));
  }
  return worker_main(model, argc, argv);
}

}  // namespace interleave
