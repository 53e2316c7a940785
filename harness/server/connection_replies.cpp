// From a fate to the bytes of its reply.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <utility>

#include "harness/http/body.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/server/connection.hpp"
#include "harness/server/reply_header.hpp"

namespace interleave {
namespace {

constexpr std::uint32_t kPiecesPerSecond = 250;  // of a body at a rate

bool would_block(const error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace

void Connection::begin_exchange() {
  if (service_.ledger.open() && of_item_) count();
  if (!service_.retries.empty() || (plan_ && plan_->retry_after_s != 0)) note_retry();
  if (plan_ && plan_->close_after != 0 && requests_ >= plan_->close_after) keep_alive_ = false;
  in_exchange_ = true;
  ++shard_.under_way;
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

void Connection::count() {
  if (const std::uint32_t run = service_.ledger.run(); run != run_) {
    run_ = run;
    counted_ = 0;
  }
  shard_.tally.arrived(exchange_, counted_++ == 0);
}

Persistence Connection::persistence() const {
  if (!keep_alive_) return Persistence::close;
  return parser_->http_1_0() ? Persistence::keep_alive_1_0 : Persistence::keep_alive_1_1;
}

ReplyTerms Connection::terms(std::int64_t now) {
  return {.persistence = persistence(),
          .head = parser_->method() == boost::beast::http::verb::head,
          .http_1_0 = parser_->http_1_0(),
          .date = shard_.date.at(now),
          .written_ns = now};
}

void Connection::due() {
  const Fate& fate = exchange_.fate;
  const bool plain = fate.fault == Fault::none || fate.fault == Fault::status;
  if (plain && !plan_ && fate.bytes_per_second == 0 && fate.bytes <= kContiguous) return write_plain();
  static const ReplyPlan kNoPlan;
  const std::int64_t now = now_ns();
  shard_.tally.answered(exchange_, now - exchange_.due_ns);
  run_script(script_of(exchange_, plan_ ? *plan_ : kNoPlan, terms(now)));
}

// The common case: header and body in one write, without an allocation.
void Connection::write_plain() {
  const std::int64_t now = now_ns();
  const Fate& fate = exchange_.fate;
  const ReplyTerms asked = terms(now);
  ReplyHeader header(exchange_, fate.bytes, asked);
  const std::string_view body = body_window(exchange_.item, 0, asked.head ? 0 : fate.bytes);
  const std::size_t header_size = header.bytes().size();
  error_code error;
  const std::size_t sent =
      header.join(body) ? socket_.write_some(asio::buffer(header.bytes()), error)
                        : socket_.write_some(std::array{asio::buffer(header.bytes()), asio::buffer(body)}, error);
  shard_.tally.answered(exchange_, now - exchange_.due_ns);
  if (error && !would_block(error)) {
    end_exchange(Ending::cut_by_client);
    return close(false);
  }
  const std::size_t whole = header_size + body.size();
  shard_.tally.sent(exchange_, sent);
  if (sent == whole) {
    end_exchange(Ending::completed);
    return next_request();
  }
  Script rest;
  if (sent < header_size) rest.text(std::string(header.bytes().substr(sent, header_size - sent)));
  const std::uint64_t body_sent = sent - std::min(sent, header_size);
  rest.body(exchange_.item, body_sent, body.size() - body_sent);
  run_script(std::move(rest));
}

void Connection::run_script(Script script) {
  script_ = std::make_unique<Script>(std::move(script));
  script_->body_started_ns = exchange_.due_ns;
  state_ = State::writing;
  step();
}

void Connection::resume_at(std::int64_t due_ns) {
  timer_.expires_at(at_ns(due_ns));
  timer_.async_wait([self = Self(this)](const error_code& error) {
    if (error || self->state_ != State::writing) return;
    self->step();
    self->advance();
  });
}

void Connection::step() {
  while (script_->at != script_->steps.size()) {
    Step& now = script_->steps[script_->at];
    switch (now.kind) {
      case Step::Kind::text:
      case Step::Kind::body:
        if (!write_step(now)) return;
        break;
      case Step::Kind::pause:
        ++script_->at;
        script_->body_started_ns = now_ns() + now.pause.count();
        return resume_at(script_->body_started_ns);
      case Step::Kind::finish: end_exchange(script_->ending); return close_gently();
      case Step::Kind::reset: end_exchange(script_->ending); return close(true);
      case Step::Kind::hang:  // until a read sees the client go, for which it needs room
        if (shard_.draining) {
          end_exchange(Ending::cut_by_server);
          return close(false);
        }
        state_ = State::hanging;
        in_.consume(in_.view().size());
        return;
    }
    ++script_->at;
  }
  end_exchange(script_->ending);
  script_.reset();
  state_ = State::reading;
  next_request();
}

// A body at a rate: byte k is written k / rate after the body began, never earlier. True: now is the time for the
// piece.
bool Connection::wait_for_rate(const Step& step, std::size_t piece) {
  const double ns = static_cast<double>(step.offset + piece) * 1e9 / step.bytes_per_second;
  const std::int64_t due = script_->body_started_ns + static_cast<std::int64_t>(ns);
  if (now_ns() >= due) return true;
  resume_at(due);
  return false;
}

// True: the step is through. False: it goes on later, or the connection is gone.
bool Connection::write_step(Step& step) {
  const bool text = step.kind == Step::Kind::text;
  while (text ? step.offset < step.text.size() : step.size != 0) {
    std::string_view piece =
        text ? std::string_view(step.text).substr(step.offset) : body_window(step.item, step.offset, step.size);
    if (step.bytes_per_second != 0) {
      piece = piece.substr(0, std::max<std::size_t>(1, step.bytes_per_second / kPiecesPerSecond));
      if (!wait_for_rate(step, piece.size())) return false;
    }
    error_code error;
    const std::size_t n = socket_.write_some(asio::buffer(piece), error);
    shard_.tally.sent(exchange_, n);
    step.offset += n;
    step.size -= text ? 0 : n;
    if (!error) continue;
    if (!would_block(error)) {
      end_exchange(Ending::cut_by_client);
      close(false);
      return false;
    }
    socket_.async_wait(Stream::wait_write, [self = Self(this)](const error_code& failed) {
      if (failed || self->state_ != State::writing) return;
      self->step();
      self->advance();
    });
    return false;
  }
  return true;
}

// A reply that its fate breaks counts as cut by the server even where the client turns away from the wreck first; only
// a client that is kept waiting ends the exchange itself.
void Connection::end_exchange(Ending how) {
  if (!in_exchange_) return;
  if (how == Ending::cut_by_client && script_ && script_->ending == Ending::cut_by_server &&
      script_->steps.back().kind != Step::Kind::hang) {
    how = Ending::cut_by_server;
  }
  in_exchange_ = false;
  --shard_.under_way;
  if (plan_ && plan_->gate != 0) service_.admission.left(plan_->gate);
  shard_.tally.ended(exchange_, how, exchange_.run != 0 ? now_ns() : 0);
}

void Connection::next_request() {
  in_.consume(message_);
  message_ = 0;
  continued_ = false;
  if (!keep_alive_) return nobody_sends() ? close(false) : close_gently();
  parser_.emplace();
  if (plan_ && plan_->idle_408) give_up_when_idle(*plan_->idle_408);
}

}  // namespace interleave
