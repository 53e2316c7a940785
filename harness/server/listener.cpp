// Accepting, and shedding on EMFILE.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/listener.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

#include "harness/posix/stream_options.hpp"

namespace interleave {

std::string any_address() {
  const int probe = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return "0.0.0.0";
  ::close(probe);
  return "::";
}

Acceptor listening(asio::io_context& loop, const std::string& address, std::uint16_t port) {
  Acceptor acceptor(loop.get_executor());
  const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(address), port);
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && endpoint.protocol() == asio::ip::tcp::v6()) acceptor.set_option(asio::ip::v6_only(false), error);
  if (!error) set_stream_options(acceptor.native_handle());
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) {
    throw std::system_error(
        EADDRINUSE, std::generic_category(),
        "port " + std::to_string(port) + " is in use by another program; choose another, or 0 for any");
  }
  if (error)
    throw std::system_error(error.value(), std::generic_category(), "listening on port " + std::to_string(port));
  return acceptor;
}

Listener::Listener(Shards& shards, Acceptor acceptor, const RunFates& fates, bool flags, std::chrono::nanoseconds late)
    : shards_(shards),
      acceptor_(std::move(acceptor)),
      fates_(fates),
      flags_(flags),
      late_(late),
      late_timer_(shards.first().loop.get_executor()),
      pause_timer_(shards.first().loop.get_executor()) {}

void Listener::accept() {
  Shard& shard = next();
  acceptor_.async_accept(shard.loop.get_executor(), [this, &shard](const error_code& error, Stream socket) {
    if (!acceptor_.is_open()) return;
    if (!error) take_connection(std::move(socket), shard);
    if (is_exhausted(error)) return shed();
    accept();
  });
}

void Listener::accept_late() {
  acceptor_.async_wait(Acceptor::wait_read, [this](const error_code& asked) {
    if (asked || !acceptor_.is_open()) return;
    late_timer_.expires_after(late_);
    late_timer_.async_wait([this](const error_code& waited) {
      if (waited || !acceptor_.is_open()) return;
      error_code error;
      Shard& shard = next();
      Stream socket = acceptor_.accept(shard.loop.get_executor(), error);
      if (!error) take_connection(std::move(socket), shard);
      if (is_exhausted(error)) return shed();
      accept_late();
    });
  });
}

// In turn, so that a few connections are dealt out evenly too, which SO_REUSEPORT would not do.
void Listener::take_connection(Stream socket, Shard& shard) {
  ++accepted_;
  if (&shard == &shards_.first()) return shard.adopt(std::move(socket), fates_, flags_);
  asio::post(shard.loop, [&shard, accepted = std::move(socket), &fates = fates_, flags = flags_]() mutable {
    shard.adopt(std::move(accepted), fates, flags);
  });
}

// The newest connections are accepted with the descriptor kept back, and closed at once.
void Listener::shed() {
  reserve_.release();
  int newest = 0;
  while ((newest = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC)) >= 0) {
    ::close(newest);
    shards_.first().tally.connection_shed();
  }
  const bool nobody_waits = errno == EAGAIN;
  reserve_.restore();
  if (nobody_waits) await_next();
  else pause();
}

// Without a descriptor accepting fails also where nobody waits, and would fail for ever.
void Listener::await_next() {
  acceptor_.async_wait(Acceptor::wait_read, [this](const error_code& error) {
    if (!error && acceptor_.is_open()) start();
  });
}

// Nothing can be done about the connections that wait, for now.
void Listener::pause() {
  pause_timer_.expires_after(kExhaustedPause);
  pause_timer_.async_wait([this](const error_code& error) {
    if (!error && acceptor_.is_open()) start();
  });
}

void Listener::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  late_timer_.cancel();
  pause_timer_.cancel();
}

}  // namespace interleave
