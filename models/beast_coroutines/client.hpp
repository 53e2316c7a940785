// An HTTP client of Boost.Beast's parts: message, serializer, parser and buffer are the library's, the judging is ours.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/http/reply_fields.hpp"
#include "harness/http/request.hpp"
#include "harness/posix/stream_options.hpp"
#include "harness/worker/socket.hpp"
#include "models/asio/types.hpp"
#include "models/asio/watchdog.hpp"
#include "models/beast_coroutines/digest_body.hpp"

namespace interleave {

// An exchange: begin(); where !open(), connect to server() and tell connected(); send(), and where that leaves
// something, write the rest of serializer() and tell sent(); read into buffer() and parser() and tell received(), until
// over(). Any step may end it: ask over() after each.
class BeastClient {
 public:
  using Parser = boost::beast::http::response_parser<DigestBody>;
  using Serializer = boost::beast::http::request_serializer<boost::beast::http::empty_body>;

  BeastClient(boost::asio::io_context& io, std::uint16_t port, Socket socket)
      : server_(boost::asio::ip::address_v4::loopback(), port), socket_(io), watchdog_(socket_), buffer_(kBuffer) {
    socket_.assign(server_.protocol(), socket.release());
    socket_.non_blocking(true);
    buffer_.reserve(kBuffer);
    request_.method(boost::beast::http::verb::get);
    request_.set(boost::beast::http::field::host, "127.0.0.1");
  }

  AsioSocket& socket() { return socket_; }
  const boost::asio::ip::tcp::endpoint& server() const { return server_; }
  Serializer& serializer() { return *serializer_; }
  boost::beast::flat_buffer& buffer() { return buffer_; }
  Parser& parser() { return *parser_; }
  bool open() const { return socket_.is_open(); }
  bool over() const { return over_; }
  const Reply& reply() const { return reply_; }
  const std::string& body() const { return body_; }

  // Limit: of the connecting, where that is needed, and again from the sending. 0: none.
  void begin(const Request& request, std::chrono::nanoseconds limit) {
    std::string target = "/item/" + std::to_string(request.item);
    if (request.attempt != 0) target += "?attempt=" + std::to_string(request.attempt);
    request_.target(target);
    if ((request.flags & kOwnConnection) != 0)
      request_.keep_alive(false);  // and so for all that follow: a run's are alike
    serializer_.emplace(request_);
    buffer_.clear();
    reply_ = Reply{};
    keeps_body_ = request.keeps_body();
    body_.clear();
    over_ = false;
    limit_ = limit;
    expect();
    watchdog_.watch(limit);
  }
  void connected(AsioError error) {
    if (watchdog_.expired()) return end(Outcome::timeout);
    if (error) return end(Outcome::refused);
    set_stream_options(socket_.native_handle());
    socket_.non_blocking(true);
    watchdog_.watch(limit_);
  }
  // Tries at once, since a request all but always fits into the socket's buffer. False: some is left.
  bool send() {
    AsioError error;
    boost::beast::http::write(socket_, *serializer_, error);
    if (error != boost::asio::error::would_block) sent(error);
    return over_ || serializer_->is_done();
  }
  void sent(AsioError error) {
    if (error) end(outcome_of(error));
  }
  void received(AsioError error) {
    if (!error && !parser_->is_done()) return;
    note();
    if (error) return end(outcome_of(error));
    if (reply_.status < 200) return expect();  // an interim reply: the final one follows
    end(outcome_of_status(reply_.status));
  }
  // After the last exchange: lets io_context::run() return.
  void retire() { watchdog_.retire(); }

 private:
  static constexpr std::size_t kBuffer = 8192;

  void expect() {
    parser_.emplace();
    parser_->eager(true);  // the body with the header, in one go
    parser_->body_limit(boost::none);
    parser_->header_limit(kBuffer);
    if (keeps_body_) parser_->get().body().kept = &body_;
  }
  void note() {
    const auto& message = parser_->get();
    const DigestBody::value_type& body = message.body();
    reply_.status = static_cast<std::uint16_t>(message.result_int());
    reply_.digest = body.digest;
    reply_.bytes = body.bytes;
    reply_.first_byte_ns = body.header_ns != 0 || !parser_->got_some() ? body.header_ns : now_ns();
    if (reply_.status == 429 || reply_.status == 503) {
      const auto value = message["Retry-After"];
      reply_.retry_after_s = retry_after_in({value.data(), value.size()});
    }
    const auto times = message["X-Times"];
    reply_.server_sent_ns = server_sent_in({times.data(), times.size()});
  }
  Outcome outcome_of(AsioError error) const {
    namespace http = boost::beast::http;
    if (watchdog_.expired()) return Outcome::timeout;
    if (error == http::error::end_of_stream || error == http::error::partial_message) return Outcome::truncated;
    return error.category() == http::make_error_code(http::error::bad_version).category() ? Outcome::malformed
                                                                                          : Outcome::reset;
  }
  void end(Outcome outcome) {
    reply_.outcome = outcome;
    over_ = true;
    watchdog_.rest();
    const bool whole = outcome == Outcome::ok || outcome == Outcome::not_found || outcome == Outcome::http_error;
    if (whole && parser_->keep_alive() && buffer_.size() == 0 && open()) return;
    AsioError ignored;
    socket_.close(ignored);
  }

  boost::asio::ip::tcp::endpoint server_;
  AsioSocket socket_;
  AsioWatchdog watchdog_;
  boost::beast::http::request<boost::beast::http::empty_body> request_;
  std::optional<Serializer> serializer_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  Reply reply_;
  bool keeps_body_ = false;
  std::string body_;
  std::chrono::nanoseconds limit_{0};
  bool over_ = false;
};

}  // namespace interleave
