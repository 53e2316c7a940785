// A model and a list of workloads become a program: int main(argc, argv) { return run_model<M>(argc, argv,
// AllWorkloads{}); } SPDX-License-Identifier: Apache-2.0
#pragma once
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/load/workload_list.hpp"
#include "harness/worker/body.hpp"
#include "harness/worker/capabilities.hpp"
#include "harness/worker/control.hpp"
#include "harness/worker/loop_lag.hpp"
#include "harness/worker/save.hpp"
#include "harness/worker/worker_main.hpp"

namespace interleave {

// What the model is to run: where lanes hand items on, a lane for each producer and each consumer, and none twice.
inline Load with_consumers(Load load, const Handover& handover) {
  if (handover.consumers == 0) return load;
  load.in_flight += handover.consumers;
  load.items = load.in_flight;
  return load;
}

// What a blocking model has for its sub-lanes: a thread for each but the first of a lane.
template <class M>
Load with_sub_lanes(Load load, std::uint32_t sub_lanes) {
  if constexpr (BlockingModel<M>) load.in_flight *= sub_lanes;
  return load;
}
// How the lanes of a workload are made up; by itself a lane does its items alone.
struct Shape {
  Handover handover{};
  std::uint32_t sub_lanes = 1;
};
template <Spec S>
Shape shape_of(const Load& load) {
  return {.handover = handover_of<S>(load), .sub_lanes = sub_lanes_of<S>(load)};
}

// One trial of M, which is made of (load, sockets) and has claims(load); run(model, load) does the items. A native twin
// is one too, without being a Model.
template <class M>
TrialResult measured(Load& load, const Declared& workload, const Shape& shape, const TrialFiles& files,
                     Control& control, void (*run)(M&, const Load&)) {
  Tape tape(files.tape, load.items);
  const Inputs inputs(files.inputs, load.items);
  load.tape = &tape;
  load.inputs = inputs.all();
  std::optional<BoundedQueue> queue;  // before the model, as what follows
  if (shape.handover.consumers != 0) load.queue = &queue.emplace(shape.handover, load.in_flight);
  load = with_consumers(load, shape.handover);
  TrialResult trial;
  trial.claims = M::claims(load);
  trial.claims.threads += with_sub_lanes<M>(load, shape.sub_lanes).in_flight - load.in_flight;
  std::optional<LoopLag> loop_lag;
  std::optional<Offload> offload;  // before any connection: processes forked here must not hold one open
  if (workload.offloads) {
    load.loop_lag = &loop_lag.emplace();
    const OffloadPolicy policy = offload_policy(load.policies, load.cores);
    if (policy.to != OffloadTo::caller) {
      load.offload = &offload.emplace(policy, load.in_flight * shape.sub_lanes, load.cores);
    }
    trial.claims.threads += policy.workers;
    if (policy.to == OffloadTo::processes) trial.claims.processes += policy.workers;
  }
  const Descriptor folder = open_folder(load.folder);
  load.folder_fd = folder.get();
  trial.memory_before = proportional_set_size();
  std::vector<Socket> sockets;
  if (workload.connects && !workload.datagrams) sockets = dial_all(load.port, load.in_flight);
  control.connected();
  {
    M model(load, std::move(sockets));
    control.ready();
    const CpuTime before = tree_cpu();
    tape.run_starts();
    run(model, std::as_const(load));
    const CpuTime after = tree_cpu();
    control.over();
    trial.cpu = {after.user - before.user, after.system - before.system, after.total - before.total};
  }
  if (loop_lag) {
    trial.heartbeats = loop_lag->count();
    trial.loop_lag = loop_lag->quantiles();
  }
  return trial;
}

template <Model M, HasBodies W>
OfferedWorkload offer() {
  OfferedWorkload offered{.about = about(W::Spec::kAbout),
                          .run = {},
                          .connections = {},
                          .refusal = {},
                          .offered = Runs<M, W>,
                          .hands_over_memory = W::Spec::kAbout.hands_over_memory};
  offered.connections = [](const Load& load) {
    return W::Spec::kAbout.connects ? std::uint64_t{load.in_flight} * sub_lanes_of<typename W::Spec>(load) : 0;
  };
  offered.refusal = [](const Load& load) {
    const Shape shape = shape_of<typename W::Spec>(load);
    return M::refusal(with_sub_lanes<M>(with_consumers(load, shape.handover), shape.sub_lanes));
  };
  if constexpr (Runs<M, W>) {
    offered.run = [](Load load, const TrialFiles& files, Control& control) {
      return measured<M>(load, W::Spec::kAbout, shape_of<typename W::Spec>(load), files, control,
                         [](M& model, const Load& prepared) { model.for_each_item(prepared, body_for<M, W>()); });
    };
  }
  return offered;
}

template <class M>
std::vector<std::string> capabilities_of() {
  using L = typename M::Lane;
  std::vector<std::string> names;
  if (BlockingDeadline<L> || CallbackDeadline<L> || CoroutineDeadline<L>) names.emplace_back("deadline");
  if (Offloads<L>) names.emplace_back("offload");
  if (HasSubLanes<L>) names.emplace_back("sub-lanes");
  if (Queues<L>) names.emplace_back("queue");
  if (KeepsBodies<L>) names.emplace_back("keeping");
  if (HasDatagrams<L>) names.emplace_back("datagrams");
  return names;
}

template <Model M, class... Ws>
int run_model(int argc, char** argv, Workloads<Ws...>) {
  OfferedModel model{.description = M::describe(),
                     .style = BlockingModel<M>   ? "blocking"
                              : CallbackModel<M> ? "callback"
                                                 : "coroutine",
                     .capabilities = capabilities_of<M>(),
                     .claims = &M::claims,
                     .workloads = {offer<M, Ws>()...}};
  if (Offloads<typename M::Lane>) {
    model.description.policies.insert(model.description.policies.end(), std::begin(kOffloadSettings),
                                      std::end(kOffloadSettings));
  }
  return worker_main(model, argc, argv);
}

}  // namespace interleave
