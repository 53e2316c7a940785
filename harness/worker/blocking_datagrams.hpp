// Datagrams, and one-message connections, for a thread that blocks: every wait is a ppoll until an absolute time.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>

#include "harness/worker/datagram.hpp"
#include "harness/worker/socket.hpp"

namespace interleave {

// A socket for datagrams to and from 127.0.0.1: not blocking, close-on-exec. Throws std::system_error.
Socket datagram_socket();
// Sends one, or loses it.
void send_datagram(const Socket& socket, std::uint16_t port, Octets bytes);

// One thread at a time may use it.
class BlockingDatagramSocket {
 public:
  BlockingDatagramSocket() : socket_(datagram_socket()) {}
  void send_to(std::uint16_t port, Octets bytes) { send_datagram(socket_, port, bytes); }
  Datagram receive_within(std::chrono::nanoseconds limit);
  Datagram exchange_within(std::uint16_t port, Octets bytes, std::chrono::nanoseconds limit);

 private:
  Socket socket_;
  DatagramSpace space_;
  StreamedMessage stream_;
};

}  // namespace interleave
