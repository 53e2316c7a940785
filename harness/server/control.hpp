// The control port or socket: begin, end, ledger, state. Never delayed, never counted.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "harness/server/asio_types.hpp"
#include "harness/server/request_parser.hpp"
#include "harness/server/reserve.hpp"
#include "harness/server/service.hpp"
#include "harness/server/shards.hpp"

namespace interleave {

struct ControlReply {
  std::uint16_t status = 200;
  std::string body;   // JSON
  std::string lines;  // further header lines, each with its CRLF
};

// What a control request is answered with. Bad input gets 400 (409 where a run is open already, or none is; 405 where
// the method is not the path's) and {"error"}.
ControlReply controlled(Service& service, Shards& shards, const RequestParser& request);

// Answers on a port or on a unix socket: Protocol is asio::ip::tcp or asio::local::stream_protocol.
template <class Protocol>
class Control {
 public:
  using Acceptor = asio::basic_socket_acceptor<Protocol, Executor>;
  using Socket = asio::basic_stream_socket<Protocol, Executor>;
  Control(Acceptor acceptor, Service& service, Shards& shards);  // the acceptor is one of the first shard's loop
  void start() { accept(); }
  void stop();
  typename Protocol::endpoint endpoint() const { return acceptor_.local_endpoint(); }

 private:
  void accept();
  void accept_with_reserve();
  void serve(Socket socket);
  Acceptor acceptor_;
  Service& service_;
  Shards& shards_;
  Timer pause_timer_;
  // With no other descriptor left, one control connection at a time has this. Sessions may outlive their Control.
  std::shared_ptr<Reserve> reserve_ = std::make_shared<Reserve>();
};

}  // namespace interleave
