// One event loop, and what belongs to it alone: its connections and its tally.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/intrusive/list.hpp>
#include <cstdint>

#include "harness/server/asio_types.hpp"
#include "harness/server/date_line.hpp"
#include "harness/server/run.hpp"
#include "harness/server/tally.hpp"

namespace interleave {

struct Service;
// What makes a connection one of a list, which it leaves when it ends.
struct ConnectionHook : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {};
using ConnectionList = boost::intrusive::list<ConnectionHook, boost::intrusive::constant_time_size<false>>;

// Its members are touched by the thread that runs the loop alone, or while that is paused (Shards::exclusively).
class Shard {
 public:
  Shard(Service& shared, unsigned index);

  // Serves a new connection, whose socket belongs to this loop; see Connection for `fates` and `flags`. Loop's thread
  // only.
  void adopt(Stream socket, const RunFates& fates, bool flags);
  // Begins to measure the loop lag, every 10 ms.
  void beat() { beat(Clock::now()); }
  // Takes no further request; connections end once theirs is answered. Loop's thread only.
  void drain();
  bool idle() const noexcept { return under_way == 0 && connections_.empty(); }

  Service& service;
  Tally& tally;
  std::uint64_t requests = 0;   // since the start, of any kind
  std::uint64_t under_way = 0;  // requests parsed and not over, counted or not; /ready apart
  bool draining = false;        // no further request is taken
  DateLine date;

 private:
  void beat(Clock::time_point due);
  ConnectionList connections_;

 public:
  // Destroyed before the list: connections that only its handlers keep alive leave the list then.
  asio::io_context loop{1};  // run by one thread

 private:
  Timer heartbeat_;
};

}  // namespace interleave
