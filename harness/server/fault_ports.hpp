// Faults that strike before a request is read, each on a port of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "harness/server/asio_types.hpp"
#include "harness/server/listener.hpp"

namespace interleave {

// refused: bound, not listening. connect_timeout: the accept queue is full, so that the kernel drops what asks to
// connect. reset_on_accept: accepted and reset. late_accept: accepted `late` after the connection asked, then served as
// usual. never_reads: accepted with the smallest receive buffer, and never read from until the client is gone.
class FaultPorts {
 public:
  FaultPorts(Shards& shards, const std::string& address, std::chrono::nanoseconds late, const RunFates& fates);
  void start();
  void stop();
  const std::map<std::string, std::uint16_t>& ports() const noexcept { return ports_; }

 private:
  void reset_next();
  void hold_next();
  void sweep();
  void pause(void (FaultPorts::*again)());  // out of descriptors: tries again in a while

  Acceptor refused_;
  Acceptor full_;
  std::vector<Stream> fillers_;  // what fills the queue of full_
  Acceptor resetting_;
  Acceptor holding_;
  std::list<Stream> held_;
  Timer sweep_timer_;
  Listener late_;
  std::map<std::string, std::uint16_t> ports_;
};

}  // namespace interleave
