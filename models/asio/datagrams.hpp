// A lane's socket for datagrams on Asio, and its connection for one message each way: everything but the waiting, which
// is what the models differ in. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/basic_datagram_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "harness/worker/datagram.hpp"
#include "models/asio/types.hpp"
#include "models/asio/watchdog.hpp"

namespace interleave {

using AsioUdp = boost::asio::basic_datagram_socket<boost::asio::ip::udp, AsioExecutor>;

// Receiving: begin(); wait for a datagram in space(), and tell received().
class AsioDatagrams {
 public:
  explicit AsioDatagrams(boost::asio::io_context& io) : socket_(io, boost::asio::ip::udp::v4()), watchdog_(socket_) {
    socket_.non_blocking(true);
  }
  AsioUdp& socket() { return socket_; }

  void send_to(std::uint16_t port, Octets bytes) {
    AsioError lost;
    if (!socket_.is_open()) reopen();
    socket_.send_to(boost::asio::buffer(bytes.data(), bytes.size()), {boost::asio::ip::address_v4::loopback(), port}, 0,
                    lost);
  }
  void begin(std::chrono::nanoseconds limit) { watchdog_.watch(limit); }
  boost::asio::mutable_buffer space() { return boost::asio::buffer(space_); }
  // Where the time was over the socket is closed: what comes later comes to nobody.
  Datagram received(AsioError error, std::size_t n) {
    watchdog_.rest();
    if (error) return {.outcome = watchdog_.expired() ? Outcome::timeout : Outcome::reset};
    return {Outcome::ok, {space_.data(), n}, now_ns()};
  }
  void retire() { watchdog_.retire(); }

 private:
  void reopen() {
    AsioError lost;
    socket_.open(boost::asio::ip::udp::v4(), lost);
    if (!lost) socket_.non_blocking(true, lost);
  }
  AsioUdp socket_;
  BasicAsioWatchdog<AsioUdp> watchdog_;
  DatagramSpace space_;
};

// begin(); connect to server() and tell connected(); receive into room() and tell received(), until over().
class AsioMessageConnection {
 public:
  explicit AsioMessageConnection(boost::asio::io_context& io) : socket_(io), watchdog_(socket_) {}
  AsioSocket& socket() { return socket_; }
  const boost::asio::ip::tcp::endpoint& server() const { return server_; }
  bool over() const { return over_; }
  const Datagram& answer() const { return message_.answer(); }

  void begin(std::uint16_t port, Octets message, std::chrono::nanoseconds limit) {
    server_ = {boost::asio::ip::address_v4::loopback(), port};
    message_.begin(message);
    over_ = false;
    watchdog_.watch(limit);
  }
  void connected(AsioError error) {
    if (watchdog_.expired()) return end(message_.failed(Outcome::timeout));
    if (error) return end(message_.failed(Outcome::refused));
    const Octets all = message_.outgoing();  // which fits into a fresh socket's buffer
    socket_.write_some(boost::asio::buffer(all.data(), all.size()), error);
    if (error) end(message_.failed(Outcome::reset));
  }
  boost::asio::mutable_buffer room() {
    const auto room = message_.room();
    return {room.data(), room.size()};
  }
  void received(AsioError error, std::size_t n) {
    if (!error) return end(message_.received(n));
    if (error == boost::asio::error::eof) return end(message_.received(0));
    end(message_.failed(watchdog_.expired() ? Outcome::timeout : Outcome::reset));
  }
  void retire() { watchdog_.retire(); }

 private:
  void end(bool is_over) {
    if (!is_over) return;
    over_ = true;
    watchdog_.rest();
    AsioError ignored;
    socket_.close(ignored);
  }
  boost::asio::ip::tcp::endpoint server_;
  AsioSocket socket_;
  AsioWatchdog watchdog_;
  StreamedMessage message_;
  bool over_ = false;
};

// Both, of one lane, for handlers: each is called once with a Datagram, from the loop, never from inside the call that
// took it. The lane must stay until then.
class AsioDatagramLane {
 public:
  explicit AsioDatagramLane(boost::asio::io_context& io) : datagrams_(io), connection_(io) {}
  AsioDatagrams& datagrams() { return datagrams_; }
  AsioMessageConnection& connection() { return connection_; }

  template <class Handler>
  void receive_within(std::chrono::nanoseconds limit, Handler handler) {
    datagrams_.begin(limit);
    datagrams_.socket().async_receive(datagrams_.space(),
                                      [this, handler = std::move(handler)](AsioError error, std::size_t n) mutable {
                                        std::move(handler)(datagrams_.received(error, n));
                                      });
  }
  template <class Handler>
  void exchange_within(std::uint16_t port, Octets message, std::chrono::nanoseconds limit, Handler handler) {
    connection_.begin(port, message, limit);
    connection_.socket().async_connect(connection_.server(), Exchange<Handler>{&connection_, std::move(handler)});
  }
  void retire() {
    datagrams_.retire();
    connection_.retire();
  }

 private:
  // The completion handler of each of its steps.
  template <class Handler>
  struct Exchange {
    AsioMessageConnection* link;
    Handler handler;
    void operator()(AsioError error) {
      link->connected(error);
      go_on();
    }
    void operator()(AsioError error, std::size_t n) {
      link->received(error, n);
      go_on();
    }
    void go_on() {
      if (link->over()) std::move(handler)(link->answer());
      else link->socket().async_read_some(link->room(), std::move(*this));
    }
  };
  AsioDatagrams datagrams_;
  AsioMessageConnection connection_;
};

}  // namespace interleave
