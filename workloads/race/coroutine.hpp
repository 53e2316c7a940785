// race, one item, for lanes that are awaited.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/race/group.hpp"

namespace interleave {

struct RaceCoroutine {
  template <CoroutineSubLanes L>
  static TaskOf<L, ItemResult> coroutine(L& lane, const Load& load, std::uint32_t item) {
    Running<L> running{Group(load, item), lane, load.timeout};
    co_await lane.fork(running.group.count(), &run<L>, running);
    co_return running.group.result();
  }

 private:
  template <class L>
  struct Running {
    Group group;
    L& lane;
    nanoseconds limit;
  };
  // Whether it decided the group.
  template <class L>
  static TaskOf<L, bool> run(typename L::SubLane& sub, Running<L>& running, std::uint32_t racer) {
    const Request request = running.group.request(racer);
    const Reply reply = co_await sub.fetch_within(request, running.limit);
    if (running.group.computes(reply)) {
      const Work work = running.group.work(racer);
      const std::uint64_t sum = co_await sub.offload(work);
      running.group.computed(racer, sum);
    }
    const bool decides = running.group.decides(racer, reply);
    if (decides) running.lane.cancel();
    co_return decides;
  }
};

}  // namespace interleave
