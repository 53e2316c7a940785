// Accepts connections of the data port, and lives on when descriptors run out.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "harness/server/asio_types.hpp"
#include "harness/server/connection.hpp"
#include "harness/server/service.hpp"

namespace interleave {

// A listening socket, SO_REUSEADDR, backlog as large as the kernel allows. Throws std::system_error naming the port.
Acceptor listening(asio::io_context& loop, const std::string& address, std::uint16_t port);

class Listener {
 public:
  // `fates` and `flags` as Connection takes them; each connection is accepted `late` after it asked.
  Listener(asio::io_context& loop, Acceptor acceptor, Service& service, const RunFates& fates, bool flags = false,
           std::chrono::nanoseconds late = std::chrono::nanoseconds(0));
  ~Listener();
  void start() { late_.count() > 0 ? accept_late() : accept(); }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  // Accepts nothing more, and drains every connection.
  void drain();
  bool idle() const noexcept { return connections_.empty(); }

 private:
  void accept();
  void accept_late();
  void take(const error_code& error, Stream socket);
  void shed();
  asio::io_context& loop_;
  Acceptor acceptor_;
  Service& service_;
  const RunFates& fates_;
  const bool flags_;
  const std::chrono::nanoseconds late_;
  Timer late_timer_;
  ConnectionList connections_;
  int reserve_;  // a descriptor kept back, so that with none left a connection can be accepted and closed
};

}  // namespace interleave
