// download, one item, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download/spec.hpp"

namespace interleave {

struct DownloadBlocking {
  template <BlockingDeadline L>
  static ItemResult blocking(L& lane, const DownloadLoad& load, std::uint32_t item) {
    const Reply reply = lane.fetch_within(Request{item}, load.timeout);
    return DownloadSpec::result(item, reply);
  }
};

}  // namespace interleave
