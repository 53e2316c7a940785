// The control port or socket: begin, end, ledger, state. Never delayed, never counted.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>

#include "harness/server/asio_types.hpp"
#include "harness/server/service.hpp"
#include "harness/server/shards.hpp"

namespace interleave {

// What a control request is answered with. Bad input gets 400 (409 where a run is open already, or none is) and
// {"error"}.
boost::beast::http::response<boost::beast::http::string_body> controlled(
    Service& service, Shards& shards, const boost::beast::http::request<boost::beast::http::string_body>& request);

// Answers on a port or on a unix socket: Protocol is asio::ip::tcp or asio::local::stream_protocol.
template <class Protocol>
class Control {
 public:
  using Acceptor = asio::basic_socket_acceptor<Protocol, Executor>;
  Control(Acceptor acceptor, Service& service, Shards& shards);  // the acceptor is one of the first shard's loop
  void start() { accept(); }
  void stop();
  typename Protocol::endpoint endpoint() const { return acceptor_.local_endpoint(); }

 private:
  void accept();
  Acceptor acceptor_;
  Service& service_;
  Shards& shards_;
};

}  // namespace interleave
