// race, one item, for lanes that call back.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/race/group.hpp"

namespace interleave {

struct RaceCallback {
  template <CallbackSubLanes L>
  static void callback(L& lane, const Load& load, std::uint32_t item, Done<L> done) {
    auto* const running = new Running<L>{Group(load, item), done, {}};
    const std::uint32_t count = running->group.count();
    lane.fork(count);
    for (std::uint32_t racer = 0; racer < count; ++racer) run(running, racer);
  }

 private:
  // Outlives the call, and ends with the last of its continuations.
  template <class L>
  struct Running {
    Group group;
    Done<L> done;
    std::array<Reply, kMostRacers> replies;
  };
  template <class L>
  static void run(Running<L>* running, std::uint32_t racer) {
    const Done<L>& done = running->done;
    const Request request = running->group.request(racer);
    done.lane->sub(racer).fetch_within(request, done.load->timeout, [running, racer](const Reply& reply) {
      running->replies[racer] = reply;
      if (!running->group.computes(reply)) return end(running, racer);
      const Work work = running->group.work(racer);
      running->done.lane->sub(racer).offload(work, [running, racer](std::uint64_t sum) {
        running->group.computed(racer, sum);
        end(running, racer);
      });
    });
  }
  template <class L>
  static void end(Running<L>* running, std::uint32_t racer) {
    const Done<L> done = running->done;
    if (running->group.decides(racer, running->replies[racer])) done.lane->cancel();
    if (!running->group.all_are_over()) return;
    const ItemResult result = running->group.result();
    delete running;
    done(result);
  }
};

}  // namespace interleave
