// A lane's connection on Asio: everything of an exchange but the waiting, which is what the models differ in.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <cstddef>
#include <cstdint>

#include "harness/http/reply_reader.hpp"
#include "harness/http/request.hpp"
#include "harness/posix/stream_options.hpp"
#include "harness/worker/socket.hpp"
#include "models/asio/types.hpp"
#include "models/asio/watchdog.hpp"

namespace interleave {

// An exchange: begin(); where !open(), connect to server() and tell connected(); send() until it answers true, waiting
// for room in between; receive into space() and tell received(), until over(). Any step may end it: ask over() after
// each.
class AsioConnection {
 public:
  // Connects with its first exchange.
  AsioConnection(boost::asio::io_context& io, std::uint16_t port)
      : server_(boost::asio::ip::address_v4::loopback(), port), socket_(io), watchdog_(socket_) {}
  AsioConnection(boost::asio::io_context& io, std::uint16_t port, Socket socket) : AsioConnection(io, port) {
    socket_.assign(server_.protocol(), socket.release());
    socket_.non_blocking(true);
  }

  AsioSocket& socket() { return socket_; }
  const boost::asio::ip::tcp::endpoint& server() const { return server_; }
  bool open() const { return socket_.is_open(); }
  bool over() const { return over_; }
  const Reply& reply() const { return reader_.reply(); }
  const std::string& body() const { return reader_.body(); }

  // The whole of it, by exchange.hpp.
  template <class Handler>
  void fetch_within(const Request& request, nanoseconds limit, Handler handler);

  // Limit: of the connecting, where that is needed, and again from the sending. 0: none.
  void begin(const Request& request, nanoseconds limit) {
    request_ = request;
    limit_ = limit;
    sent_ = 0;
    over_ = false;
    cancelled_ = false;
    reader_.begin(request.keeps_body());
    watchdog_.watch(limit);
  }
  void connected(AsioError error) {
    if (cancelled_) return abandon(Outcome::cancelled);
    if (watchdog_.expired()) return abandon(Outcome::timeout);
    if (error) return abandon(Outcome::refused);
    set_stream_options(socket_.native_handle());
    socket_.non_blocking(true);
    watchdog_.watch(limit_);
  }
  // Tries at once, since a request all but always fits into the socket's buffer. False: wait for room and come again.
  bool send() {
    const RenderedRequest rendered(request_);
    AsioError error;
    sent_ += socket_.write_some(boost::asio::buffer(rendered.data(), rendered.size()) + sent_, error);
    if (cancelled_) abandon(Outcome::cancelled);
    else if (watchdog_.expired()) abandon(Outcome::timeout);
    else if (error && error != boost::asio::error::would_block) fail(error);
    return over_ || sent_ == rendered.size();
  }
  boost::asio::mutable_buffer space() {
    const auto room = reader_.space();
    return {room.data(), room.size()};
  }
  void received(AsioError error, std::size_t n) {
    if (cancelled_) return abandon(Outcome::cancelled);
    if (watchdog_.expired()) return abandon(Outcome::timeout);
    if (error) return fail(error);
    if (reader_.received(n)) end();
  }
  // Ends an exchange that is under way: what it waits for completes with operation_aborted, later. The connection goes
  // with it.
  void cancel() {
    if (over_) return;
    cancelled_ = true;
    AsioError ignored;
    socket_.close(ignored);
  }
  // After the last exchange: lets io_context::run() return.
  void retire() { watchdog_.retire(); }

 private:
  void abandon(Outcome outcome) {
    reader_.abandoned(outcome);
    end();
  }
  void fail(AsioError error) {
    reader_.ended(error == boost::asio::error::eof ? 0 : error.value());
    end();
  }
  void end() {
    over_ = true;
    watchdog_.rest();
    if (reader_.keep_alive()) return;
    AsioError ignored;
    socket_.close(ignored);
  }

  boost::asio::ip::tcp::endpoint server_;
  AsioSocket socket_;
  AsioWatchdog watchdog_;
  BufferedReplyReader reader_;
  Request request_;
  nanoseconds limit_{0};
  std::size_t sent_ = 0;
  bool over_ = true;
  bool cancelled_ = false;
};

}  // namespace interleave
