// What a lane may offer beyond fetch and sleep; a workload asks for what it needs by name.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"

namespace interleave {

// ---- deadline: the reply, or one with outcome TIMEOUT `limit` after the sending (0: no limit; otherwise never early, and
// late by milliseconds at most). The lane replaces its connection before its next fetch wherever keep_alive() is false.
template <class L>
concept BlockingDeadline = BlockingLane<L> && requires(L& lane, const Request& request, nanoseconds limit) {
  { lane.fetch_within(request, limit) } -> std::same_as<Reply>;
};
template <class L>
concept CallbackDeadline = CallbackLane<L> && requires(L& lane, const Request& request, nanoseconds limit) {
  { lane.fetch_within(request, limit, OnReply{}) } -> std::same_as<void>;
};
template <class L>
concept CoroutineDeadline = CoroutineLane<L> && requires(L& lane, const Request& request, nanoseconds limit) {
  { lane.fetch_within(request, limit) } -> AwaitsTo<TaskOf<L, ItemResult>, Reply>;
};

}  // namespace interleave
