// race, one item, for lanes that call back.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/race/group.hpp"

namespace interleave {

struct RaceCallback {
  // The group outlives the call, and ends with the last of its continuations.
  template <CallbackSubLanes L>
  static void callback(L& lane, const Load& load, std::uint32_t item, Done<L> done) {
    auto* const group = new Group(load, item);
    const std::uint32_t count = group->count();
    lane.fork(count);
    for (std::uint32_t racer = 0; racer < count; ++racer) {
      lane.sub(racer).fetch_within(group->request(racer), load.timeout, [group, racer, done](const Reply& reply) {
        if (group->decides(racer, reply)) done.lane->cancel();
        if (!group->all_are_over()) return;
        const ItemResult result = group->result();
        delete group;
        done(result);
      });
    }
  }
};

}  // namespace interleave
