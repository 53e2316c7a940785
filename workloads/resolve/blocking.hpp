// resolve, one item, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/resolve/lookup.hpp"

namespace interleave {

struct ResolveBlocking {
  template <BlockingDatagrams L>
  static ItemResult blocking(L& lane, const Load& load, std::uint32_t item) {
    Lookup lookup(load, item);
    for (Next next = Next::ask_again;;) {
      if (next == Next::ask_again) lane.send_to(lookup.server(), lookup.query().all());
      const Datagram came = lane.receive_within(lookup.left());
      next = lookup.next(came);
      if (next == Next::over) return lookup.result(came);
      if (next == Next::ask_over_tcp) {
        return lookup.result(lane.exchange_within(lookup.server(), lookup.query_over_tcp().all(), lookup.limit()));
      }
    }
  }
};

}  // namespace interleave
