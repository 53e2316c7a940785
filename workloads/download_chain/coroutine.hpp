// download_chain, one item, for lanes that are awaited.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download_chain/chain.hpp"

namespace interleave {

struct DownloadChainCoroutine {
  template <CoroutineDeadline L>
  static TaskOf<L, ItemResult> coroutine(L& lane, const Load& load, std::uint32_t item) {
    const Reply reply = co_await lane.fetch_within(Request{load.inputs[item].argument}, load.timeout);
    const ItemResult image = fetch_result(item, reply);
    if (!needs_name(image)) co_return image;
    const Request request = for_name(load, item);
    const Reply metadata = co_await lane.fetch_within(request, load.timeout);
    co_return named(load, image, metadata);
  }
};

}  // namespace interleave
