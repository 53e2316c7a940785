// The life of a connection.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/connection.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/error.hpp>
#include <charconv>
#include <utility>

#include "harness/http/body.hpp"
#include "harness/http/clock.hpp"
#include "harness/server/reply_header.hpp"

namespace interleave {
namespace {

constexpr std::size_t kMostBuffer = 32 * 1024;
constexpr std::chrono::seconds kHeaderLimit{5};
constexpr std::chrono::seconds kLingerLimit{5};
constexpr std::uint32_t kMostAttempts = 32;

bool would_block(const error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

// "<id>" or "<id>?attempt=<n>".
std::optional<std::pair<std::uint64_t, std::uint32_t>> item_of(std::string_view text) {
  std::uint64_t item = 0;
  std::uint32_t attempt = 0;
  const char* const end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, item);
  if (error != std::errc()) return std::nullopt;
  if (at == end) return std::pair{item, attempt};
  constexpr std::string_view kAttempt = "?attempt=";
  if (std::string_view(at, static_cast<std::size_t>(end - at)).substr(0, kAttempt.size()) != kAttempt) return std::nullopt;
  const auto number = std::from_chars(at + kAttempt.size(), end, attempt);
  if (number.ec != std::errc() || number.ptr != end || attempt >= kMostAttempts) return std::nullopt;
  return std::pair{item, attempt};
}

}  // namespace

Connection::Connection(Stream socket, Service& service)
    : socket_(std::move(socket)), timer_(socket_.get_executor()), service_(service) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  parser_.emplace();
  service_.ledger.connection_opened();
}

Connection::~Connection() { service_.ledger.connection_closed(counted_); }

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
  if (state_ == State::lingering) return read();
  in_.commit(n);
  if (state_ != State::reading) return read();
  advance();
}

// Takes requests until there is nothing left to parse, or one has to wait.
void Connection::advance() {
  while (state_ == State::reading && parse()) handle();
  read();
}

bool Connection::parse() {
  if (service_.draining) {
    close(false);
    return false;
  }
  while (!parser_->got_some() && in_.view().starts_with("\r\n")) in_.consume(2);  // RFC 9112, 2.2
  const std::string_view view = in_.view();
  if (view.empty()) return false;
  message_ += parser_->take(view.substr(message_));
  if (parser_->refusal()) {
    refuse(parser_->refusal());
    return false;
  }
  if (parser_->done()) return true;
  if (parser_->body_begun()) {  // the target is held by the parser: what was parsed may go
    in_.consume(message_);
    message_ = 0;
  }
  expect_header();
  return false;
}

// A message that has begun must be complete in time: its header within 5 s, its body with no pause above 5 s.
void Connection::expect_header() {
  if (timer_for_header_ && !parser_->body_begun()) return;
  timer_for_header_ = true;
  timer_.expires_after(kHeaderLimit);
  timer_.async_wait([self = Self(this)](const error_code& error) {
    if (!error && self->state_ == State::reading) self->refuse({408, "the request did not arrive within 5 s"});
  });
}

void Connection::handle() {
  if (timer_for_header_) timer_.cancel();
  timer_for_header_ = false;
  keep_alive_ = parser_->keep_alive();
  exchange_ = Exchange{};
  exchange_.parsed_ns = now_ns();
  constexpr std::string_view kItem = "/item/";
  const std::string_view target = parser_->target();
  if (target.substr(0, kItem.size()) == kItem) return handle_item(target.substr(kItem.size()));
  if (target == "/ready") {
    exchange_.due_ns = exchange_.parsed_ns;
    return write_plain();
  }
  exchange_.fate.status = 404;
  begin_exchange();
}

void Connection::handle_item(std::string_view id_and_query) {
  const auto asked = item_of(id_and_query);
  if (!asked) return refuse({400, "use /item/<id> or /item/<id>?attempt=<n>, n below 32"});
  exchange_.item = asked->first;
  exchange_.attempt = asked->second;
  if (service_.ledger.open()) {
    service_.ledger.arrived(exchange_, counted_++ == 0);
  } else {
    exchange_.fate = service_.standing.of(exchange_.item, exchange_.attempt);
  }
  begin_exchange();
}

void Connection::begin_exchange() {
  in_exchange_ = true;
  ++service_.under_way;
  exchange_.due_ns = exchange_.parsed_ns + exchange_.fate.delay.count();
  if (exchange_.fate.delay.count() == 0) return due();
  state_ = State::delayed;
  timer_.expires_at(at_ns(exchange_.due_ns));
  timer_.async_wait([self = Self(this)](const error_code& error) {
    if (!error && self->state_ == State::delayed) {
      self->state_ = State::reading;
      self->due();
      self->advance();
    }
  });
}

void Connection::due() {
  if (exchange_.fate.fault == Fault::none || exchange_.fate.fault == Fault::status) return write_plain();
  run_script(script_of(exchange_, now_ns()));
}

// The common case: header and body in one gathering write, without an allocation.
void Connection::write_plain() {
  const std::int64_t now = now_ns();
  const Fate& fate = exchange_.fate;
  const ReplyHeader header(exchange_, fate.bytes, now, !keep_alive_);
  const bool head = parser_->method() == boost::beast::http::verb::head;
  const std::string_view body = body_window(exchange_.item, 0, head ? 0 : fate.bytes);
  const std::array<asio::const_buffer, 2> pieces{asio::buffer(header.bytes()), asio::buffer(body)};
  error_code error;
  const std::size_t sent = socket_.write_some(pieces, error);
  service_.ledger.answered(exchange_, now - exchange_.due_ns);
  if (error && !would_block(error)) {
    end_exchange(Ending::cut_by_client);
    return close(false);
  }
  const std::size_t whole = header.bytes().size() + (head ? 0 : fate.bytes);
  service_.ledger.sent(exchange_, sent);
  if (sent == whole) {
    end_exchange(Ending::completed);
    return next_request();
  }
  Script rest;
  if (sent < header.bytes().size()) rest.text(std::string(header.bytes().substr(sent)));
  const std::uint64_t body_sent = sent - std::min(sent, header.bytes().size());
  rest.body(exchange_.item, body_sent, (head ? 0 : fate.bytes) - body_sent);
  run_script(std::move(rest));
}

void Connection::run_script(Script script) {
  script_ = std::make_unique<Script>(std::move(script));
  step_ = 0;
  state_ = State::writing;
  step();
}

void Connection::step() {
  while (step_ != script_->steps.size()) {
    Step& now = script_->steps[step_];
    switch (now.kind) {
      case Step::Kind::text:
      case Step::Kind::body:
        if (!write_step(now)) return;
        break;
      case Step::Kind::pause:
        ++step_;
        timer_.expires_after(now.pause);
        timer_.async_wait([self = Self(this)](const error_code& error) {
          if (!error && self->state_ == State::writing) self->step(), self->advance();
        });
        return;
      case Step::Kind::finish:
        end_exchange(script_->ending);
        return close_gently();
      case Step::Kind::reset:
        end_exchange(script_->ending);
        return close(true);
      case Step::Kind::hang: return;  // the armed read sees the client go
    }
    ++step_;
  }
  const Ending ending = script_->ending;
  script_.reset();
  end_exchange(ending);
  state_ = State::reading;
  next_request();
}

// True: the step is through. False: it goes on when the socket takes more, or the connection is gone.
bool Connection::write_step(Step& step) {
  while (step.size != 0 || step.offset < step.text.size()) {
    const bool text = step.kind == Step::Kind::text;
    const std::string_view piece =
        text ? std::string_view(step.text).substr(step.offset) : body_window(step.item, step.offset, step.size);
    error_code error;
    const std::size_t n = socket_.write_some(asio::buffer(piece), error);
    service_.ledger.sent(exchange_, n);
    step.offset += n;
    step.size -= text ? 0 : n;
    if (!error) continue;
    if (!would_block(error)) {
      end_exchange(Ending::cut_by_client);
      close(false);
      return false;
    }
    socket_.async_wait(Stream::wait_write, [self = Self(this)](const error_code& failed) {
      if (!failed && self->state_ == State::writing) self->step(), self->advance();
    });
    return false;
  }
  return true;
}

void Connection::end_exchange(Ending how) {
  if (!in_exchange_) return;
  in_exchange_ = false;
  --service_.under_way;
  service_.ledger.ended(exchange_, how, exchange_.run != 0 ? now_ns() : 0);
}

void Connection::next_request() {
  in_.consume(message_);
  message_ = 0;
  if (!keep_alive_) return close_gently();
  parser_.emplace();
}

void Connection::refuse(const Refusal& refusal) {
  keep_alive_ = false;
  Script script;
  script.text(fmt::format("HTTP/1.1 {} {}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}\n",
                          refusal.status, reason_of(refusal.status), refusal.reason.size() + 1, refusal.reason));
  run_script(std::move(script.then(Step::Kind::finish)));
}

// FIN, then reading until the client closes: closing with unread bytes would send RST and might destroy the reply.
void Connection::close_gently() {
  state_ = State::lingering;
  error_code ignored;
  socket_.shutdown(Stream::shutdown_send, ignored);
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
  const bool hangs = state_ == State::writing && exchange_.fate.fault == Fault::hang;
  if (in_exchange_ && !hangs) {
    keep_alive_ = false;
    return;
  }
  end_exchange(Ending::cut_by_server);
  close(false);
}

}  // namespace interleave
