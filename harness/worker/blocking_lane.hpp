// The lane of every model that waits in blocking calls: a socket, a reader, the caller's thread.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>

#include "harness/http/reply_reader.hpp"
#include "harness/worker/blocking_datagrams.hpp"
#include "harness/worker/offload.hpp"
#include "harness/worker/socket.hpp"
#include "harness/worker/styles.hpp"

namespace interleave {

// One thread at a time may use it. Without a server (port 0) it can only sleep.
class SocketLane {
 public:
  SocketLane(const Load& load, Socket socket);

  Reply fetch(const Request& request) { return fetch_within(request, nanoseconds(0)); }
  // The limit rides on the socket's own receive time-out, which costs nothing while it is the same as before; only a
  // reply that comes in several pieces sets it anew.
  Reply fetch_within(const Request& request, nanoseconds limit);
  // clock_nanosleep to an absolute time: never early.
  void sleep(nanoseconds time);
  // Where the policy `offload` says; the thread waits meanwhile.
  std::uint64_t offload(const Work& work) { return offload_ == nullptr ? work() : offload_->run(work); }
  // Where load.name_port is one.
  void send_to(std::uint16_t port, Octets bytes) { datagrams_->send_to(port, bytes); }
  Datagram receive_within(nanoseconds limit) { return datagrams_->receive_within(limit); }
  Datagram exchange_within(std::uint16_t port, Octets bytes, nanoseconds limit) {
    return datagrams_->exchange_within(port, bytes, limit);
  }
  const std::string& kept_body() const { return reader_->body(); }
  // Whether the next fetch goes over the connection that is there; false where the last reply took it along.
  bool has_connection() const noexcept { return static_cast<bool>(socket_); }

 private:
  bool connected(nanoseconds limit);
  void receive_reply(nanoseconds limit);
  void limit_receiving(nanoseconds limit);
  std::uint16_t port_;
  Offload* offload_;
  Socket socket_;
  nanoseconds limit_{0};  // as the socket has it
  std::unique_ptr<BufferedReplyReader> reader_;
  std::unique_ptr<BlockingDatagramSocket> datagrams_;
};

}  // namespace interleave
