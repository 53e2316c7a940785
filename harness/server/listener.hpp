// Accepts connections and deals them out to the shards in turn; lives on when descriptors run out.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "harness/server/asio_types.hpp"
#include "harness/server/reserve.hpp"
#include "harness/server/shards.hpp"

namespace interleave {

// All addresses, of IPv6 and of IPv4, where this host has both; of IPv4 otherwise.
std::string any_address();

// A listening socket, SO_REUSEADDR, backlog as large as the kernel allows; at "::" for IPv4 too. Throws
// std::system_error naming the port.
Acceptor listening(asio::io_context& loop, const std::string& address, std::uint16_t port);

class Listener {
 public:
  // `fates` and `flags` as Connection takes them; each connection is accepted `late` after it asked.
  // The acceptor is one of the first shard's loop.
  Listener(Shards& shards, Acceptor acceptor, const RunFates& fates, bool flags = false,
           std::chrono::nanoseconds late = std::chrono::nanoseconds(0));
  void start() {
    if (late_.count() > 0) accept_late();
    else accept();
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void stop();  // accepts nothing more

 private:
  void accept();
  void accept_late();
  void take_connection(Stream socket, Shard& shard);
  void shed();
  void await_next();
  void pause();
  Shard& next() { return shards_[accepted_ % shards_.size()]; }
  Shards& shards_;
  Acceptor acceptor_;
  const RunFates& fates_;
  const bool flags_;
  const std::chrono::nanoseconds late_;
  Timer late_timer_;
  std::size_t accepted_ = 0;
  Timer pause_timer_;
  Reserve reserve_;  // with no other left, a connection is accepted with this and closed
};

}  // namespace interleave
