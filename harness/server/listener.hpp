// Accepts connections and deals them out to the shards in turn; lives on when descriptors run out.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "harness/server/asio_types.hpp"
#include "harness/server/shards.hpp"

namespace interleave {

// A listening socket, SO_REUSEADDR, backlog as large as the kernel allows. Throws std::system_error naming the port.
Acceptor listening(asio::io_context& loop, const std::string& address, std::uint16_t port);

class Listener {
 public:
  // `fates` and `flags` as Connection takes them; each connection is accepted `late` after it asked.
  // The acceptor is one of the first shard's loop.
  Listener(Shards& shards, Acceptor acceptor, const RunFates& fates, bool flags = false,
           std::chrono::nanoseconds late = std::chrono::nanoseconds(0));
  ~Listener();
  void start() { late_.count() > 0 ? accept_late() : accept(); }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void stop();  // accepts nothing more

 private:
  void accept();
  void accept_late();
  void take(const error_code& error, Stream socket, Shard& shard);
  void shed();
  Shard& next() { return shards_[accepted_ % shards_.size()]; }
  Shards& shards_;
  Acceptor acceptor_;
  const RunFates& fates_;
  const bool flags_;
  const std::chrono::nanoseconds late_;
  Timer late_timer_;
  std::size_t accepted_ = 0;
  int reserve_;  // a descriptor kept back, so that with none left a connection can be accepted and closed
};

}  // namespace interleave
