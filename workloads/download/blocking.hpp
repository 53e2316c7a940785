// download, one item, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download/result.hpp"

namespace interleave {

struct DownloadBlocking {
  template <BlockingDeadline L>
  static ItemResult blocking(L& lane, const Load& load, std::uint32_t item) {
    const Reply reply = lane.fetch_within(request_of(load.inputs[item]), load.timeout);
    return fetch_result(item, reply);
  }
};

}  // namespace interleave
