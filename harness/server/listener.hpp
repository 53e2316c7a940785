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
  Listener(asio::io_context& loop, Acceptor acceptor, Service& service);
  ~Listener();
  void start() { accept(); }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  // Accepts nothing more, and drains every connection.
  void drain();
  bool idle() const noexcept { return connections_.empty(); }

 private:
  void accept();
  void shed();
  asio::io_context& loop_;
  Acceptor acceptor_;
  Service& service_;
  ConnectionList connections_;
  int reserve_;  // a descriptor kept back, so that with none left a connection can be accepted and closed
};

}  // namespace interleave
