// download, one item, for lanes that are awaited.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download/result.hpp"

namespace interleave {

struct DownloadCoroutine {
  template <CoroutineDeadline L>
  static TaskOf<L, ItemResult> coroutine(L& lane, const Load& load, std::uint32_t item) {
    const Reply reply = co_await lane.fetch_within(request_of(load.inputs[item]), load.timeout);
    co_return fetch_result(item, reply);
  }
};

}  // namespace interleave
