// What all connections of one server share: the ledger, and the fates dealt while no run is open.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <unordered_map>

#include "harness/server/ledger.hpp"
#include "harness/server/run.hpp"

namespace interleave {

class Connection;
using ConnectionHook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
using ConnectionList = boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>>;

struct Service {
  Ledger ledger;
  RunFates standing;             // the command line's profile, seed and items
  std::uint64_t requests = 0;    // since the start, of any kind
  // When a retry may come, CLOCK_MONOTONIC ns, by item or by explicit target: what 429 and 503 said in Retry-After.
  std::unordered_map<std::uint64_t, std::int64_t> retry_not_before{};
  std::uint64_t under_way = 0;   // requests parsed and not over, counted or not; /ready apart
  bool draining = false;         // no further request is taken
};

}  // namespace interleave
