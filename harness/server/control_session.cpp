// Reading, answering, closing.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/control_session.hpp"

#include <fmt/format.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include "harness/numbers/clock.hpp"
#include "harness/server/reply_header.hpp"

namespace interleave {
namespace {

constexpr std::size_t kPiece = 16 * 1024;
constexpr std::chrono::seconds kLingerAtControl{5};

std::unique_ptr<RequestParser> fresh_parser() {
  auto parser = std::make_unique<RequestParser>();
  parser->keep_body();
  return parser;
}

}  // namespace

template <class Socket>
ControlSession<Socket>::ControlSession(Socket socket, Answer answer, std::function<void()> over)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      answer_(std::move(answer)),
      over_(std::move(over)),
      parser_(fresh_parser()) {}

template <class Socket>
ControlSession<Socket>::~ControlSession() {
  error_code ignored;
  socket_.close(ignored);
  over_();
}

template <class Socket>
void ControlSession<Socket>::read() {
  const std::size_t have = in_.size();
  in_.resize(have + kPiece);
  socket_.async_read_some(asio::buffer(in_.data() + have, kPiece),
                          [self = this->shared_from_this(), have](const error_code& error, std::size_t n) {
                            self->in_.resize(have + n);
                            if (!error) self->take_request();
                          });
}

template <class Socket>
void ControlSession<Socket>::take_request() {
  while (!parser_->got_some() && in_.starts_with("\r\n")) in_.erase(0, 2);
  if (in_.empty()) return read();
  taken_ += parser_->take_bytes(std::string_view(in_).substr(taken_));
  if (const Refusal& refusal = parser_->refusal()) {
    keep_alive_ = false;
    return reply({refusal.status, nlohmann::json{{"error", refusal.reason}}.dump(), ""});
  }
  if (parser_->done()) {
    keep_alive_ = parser_->keep_alive();
    return reply(answer_(*parser_));
  }
  if (!parser_->body_begun()) return read();
  in_.erase(0, taken_);
  taken_ = 0;
  if (!parser_->wants_continue() || continued_) return read();
  continued_ = true;
  send("HTTP/1.1 100 Continue\r\n\r\n");
}

template <class Socket>
void ControlSession<Socket>::reply(const ControlReply& reply) {
  std::string_view persistence = line_of(Persistence::close);
  if (keep_alive_)
    persistence = line_of(parser_->http_1_0() ? Persistence::keep_alive_1_0 : Persistence::keep_alive_1_1);
  const bool head = parser_->method() == boost::beast::http::verb::head;
  std::string text =
      fmt::format("HTTP/1.1 {} {}\r\n{}Content-Type: application/json\r\n{}Content-Length: {}\r\n{}\r\n{}",
                  reply.status, reason_of(reply.status), date_.at(now_ns()), reply.lines, reply.body.size(),
                  persistence, head ? std::string_view() : std::string_view(reply.body));
  in_.erase(0, taken_);
  taken_ = 0;
  continued_ = false;
  parser_ = fresh_parser();
  send(std::move(text));
}

template <class Socket>
void ControlSession<Socket>::send(std::string text) {
  out_ = std::move(text);
  asio::async_write(socket_, asio::buffer(out_),
                    [self = this->shared_from_this()](const error_code& error, std::size_t) {
                      if (error) return;
                      if (!self->keep_alive_) return self->close_gently();
                      self->take_request();
                    });
}

// As Connection does: what is still on its way must not turn the reply into a reset.
template <class Socket>
void ControlSession<Socket>::close_gently() {
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  timer_.expires_after(kLingerAtControl);
  timer_.async_wait([weak = this->weak_from_this()](const error_code& error) {
    if (const auto self = weak.lock(); self && !error) {
      error_code unheard;
      self->socket_.close(unheard);
    }
  });
  discard();
}

template <class Socket>
void ControlSession<Socket>::discard() {
  in_.resize(kPiece);
  socket_.async_read_some(asio::buffer(in_), [self = this->shared_from_this()](const error_code& error, std::size_t) {
    if (!error) self->discard();
  });
}

template class ControlSession<asio::basic_stream_socket<asio::ip::tcp, Executor>>;
template class ControlSession<asio::basic_stream_socket<asio::local::stream_protocol, Executor>>;

}  // namespace interleave
