// race, one item, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/race/group.hpp"

namespace interleave {

struct RaceBlocking {
  template <BlockingSubLanes L>
  static ItemResult blocking(L& lane, const Load& load, std::uint32_t item) {
    Group group(load, item);
    lane.fork(group.count(), [&](typename L::SubLane& sub, std::uint32_t racer) {
      const Reply reply = sub.fetch_within(group.request(racer), load.timeout);
      if (group.computes(reply)) group.computed(racer, sub.offload(group.work(racer)));
      if (group.decides(racer, reply)) lane.cancel();
    });
    return group.result();
  }
};

}  // namespace interleave
