// download_chain, one item, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download_chain/chain.hpp"

namespace interleave {

struct DownloadChainBlocking {
  template <BlockingDeadline L>
  static ItemResult blocking(L& lane, const Load& load, std::uint32_t item) {
    const ItemResult image = fetch_result(item, lane.fetch_within(Request{load.inputs[item].argument}, load.timeout));
    if (!needs_name(image)) return image;
    return named(load, image, lane.fetch_within(for_name(load, item), load.timeout));
  }
};

}  // namespace interleave
