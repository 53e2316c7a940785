// The life of a connection: opened, read from, drained, closed.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/connection.hpp"

#include <boost/asio/error.hpp>
#include <utility>

namespace interleave {
namespace {

constexpr std::size_t kMostBuffer = 32 * 1024;
constexpr std::chrono::seconds kLingerLimit{5};

}  // namespace

Connection::Connection(Stream socket, Shard& shard, const RunFates& fates, bool flags)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      shard_(shard),
      service_(shard.service),
      fates_(fates),
      flags_(flags) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  parser_.emplace();
  shard_.tally.connection_opened();
}

Connection::~Connection() { shard_.tally.connection_closed(run_, counted_); }

void Connection::read() {
  if (reading_ || state_ == State::closed) return;
  const auto space = in_.space(kMostBuffer);
  if (space.empty()) return;  // a client that sends ahead waits; what it sent is read after the reply
  reading_ = true;
  socket_.async_read_some(asio::buffer(space.data(), space.size()),
                          [self = Self(this)](const error_code& error, std::size_t n) { self->on_read(error, n); });
}

void Connection::on_read(const error_code& error, std::size_t n) {
  reading_ = false;
  if (state_ == State::closed) return;
  if (error) {  // the client is gone, or has half closed, which counts as gone
    end_exchange(Ending::cut_by_client);
    close(false);
    return;
  }
  if (state_ == State::lingering && nothing_to_drain()) return close(false);
  if (state_ == State::lingering || state_ == State::hanging) return read();  // dropped: it will not be answered
  in_.commit(n);
  if (state_ != State::reading) return read();
  advance();
}

// Whether the client has said that this was its last request, and has sent nothing behind it.
bool Connection::nobody_sends() {
  error_code ignored;
  return parser_->done() && !parser_->keep_alive() && in_.view().empty() && socket_.available(ignored) == 0;
}

// The server ends, which does not wait for clients: only for what they have sent already.
bool Connection::nothing_to_drain() {
  error_code ignored;
  return shard_.draining && socket_.available(ignored) == 0;
}

// FIN, then reading until the client closes: closing with unread bytes would send RST and might destroy the reply.
void Connection::close_gently() {
  state_ = State::lingering;
  in_.consume(in_.view().size());  // a full buffer would not be read into
  error_code ignored;
  socket_.shutdown(Stream::shutdown_send, ignored);
  if (nothing_to_drain()) return close(false);
  timer_.expires_after(kLingerLimit);
  timer_.async_wait([self = Self(this)](const error_code& error) {
    if (!error && self->state_ == State::lingering) self->close(false);
  });
}

void Connection::close(bool reset) {
  if (state_ == State::closed) return;
  state_ = State::closed;
  error_code ignored;
  if (reset) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  timer_.cancel();
  socket_.close(ignored);
}

void Connection::drain() {
  const bool hangs = script_ && script_->hangs();
  if (in_exchange_ && !hangs) {
    keep_alive_ = false;
    return;
  }
  end_exchange(Ending::cut_by_server);
  close(false);
}

}  // namespace interleave
