// resolve, one item, for lanes that are awaited.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/resolve/lookup.hpp"

namespace interleave {

struct ResolveCoroutine {
  template <CoroutineDatagrams L>
  static TaskOf<L, ItemResult> coroutine(L& lane, const Load& load, std::uint32_t item) {
    Lookup lookup(load, item);
    for (Next next = Next::ask_again;;) {
      if (next == Next::ask_again) lane.send_to(lookup.server(), lookup.query().all());
      const nanoseconds left = lookup.left();
      const Datagram came = co_await lane.receive_within(left);
      next = lookup.next(came);
      if (next == Next::over) co_return lookup.result(came);
      if (next == Next::ask_over_tcp) break;
    }
    const DnsBytes query = lookup.query_over_tcp();
    const Datagram came = co_await lane.exchange_within(lookup.server(), query.all(), lookup.limit());
    co_return lookup.result(came);
  }
};

}  // namespace interleave
