// The reader on Beast's basic_parser, which frames and validates; this file judges.
// SPDX-License-Identifier: Apache-2.0
#include "harness/http/reply_reader.hpp"

#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "harness/http/clock.hpp"
#include "harness/http/crc32c.hpp"

namespace interleave {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

constexpr std::size_t kBuffer = 8192;
constexpr std::uint32_t kMostHeaderBytes = kBuffer;
constexpr std::string_view kTimes = "x-times";  // "t1,t2,t3" in nanoseconds; see docs/server.md

// Sets only what it needs; everything else of the message is checked by the base and dropped.
class Parser final : public http::basic_parser<false> {
 public:
  explicit Parser(Reply& reply) : reply_(reply) {
    eager(true);
    body_limit(boost::none);
    header_limit(kMostHeaderBytes);
  }
  // Nothing shorter than "0 CRLF CRLF" is a whole chunked body, and Beast 1.81 asserts that much once it has seen "0 CRLF".
  bool can_go_on_with(std::size_t bytes) const {
    return bytes >= 5 || chunk_begun_ || !is_header_done() || !chunked();
  }

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int status, string_view, int, error_code&) override {
    reply_.status = static_cast<std::uint16_t>(status);
  }
  void on_field_impl(http::field known, string_view name, string_view value, error_code&) override {
    if (known != http::field::unknown || name.size() != kTimes.size()) return;
    if (!boost::beast::iequals(name, string_view(kTimes.data(), kTimes.size()))) return;
    const auto comma = value.rfind(',');
    if (comma == string_view::npos) return;
    std::from_chars(value.data() + comma + 1, value.data() + value.size(), reply_.server_sent_ns);
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override { return take(body); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override { chunk_begun_ = true; }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override { return take(body); }
  void on_finish_impl(error_code&) override {}

  std::size_t take(string_view body) {
    const std::string_view piece{body.data(), body.size()};
    reply_.digest = crc32c(reply_.digest, piece);
    reply_.body = reply_.bytes == 0 ? piece : std::string_view{};
    reply_.bytes += piece.size();
    return piece.size();
  }
  Reply& reply_;
  bool chunk_begun_ = false;
};

}  // namespace

struct ReplyReader::State {
  Reply reply;
  std::optional<Parser> parser;
  bool keep_alive = false;
  std::size_t begin = 0;  // unparsed bytes are buffer[begin, end)
  std::size_t end = 0;
  std::array<char, kBuffer> buffer;

  bool complete(Outcome outcome) noexcept {
    reply.outcome = outcome;
    keep_alive = false;
    return true;
  }
  bool judged() noexcept {
    reply.outcome = outcome_of_status(reply.status);
    keep_alive = parser->keep_alive() && begin == end;
    return true;
  }
  // Interim (1xx) replies are skipped: the final one follows on the same connection.
  bool parse() {
    while (begin != end) {
      if (!parser->can_go_on_with(end - begin)) return false;
      error_code error;
      begin += parser->put(boost::asio::const_buffer(buffer.data() + begin, end - begin), error);
      if (error == http::error::need_more) return end - begin == kBuffer ? complete(Outcome::malformed) : false;
      if (error) return complete(Outcome::malformed);
      if (!parser->is_done()) continue;
      if (reply.status >= 200) return judged();
      parser.emplace(reply);
    }
    return false;
  }
};

ReplyReader::ReplyReader() : state_(std::make_unique_for_overwrite<State>()) { begin(); }
ReplyReader::~ReplyReader() = default;
ReplyReader::ReplyReader(ReplyReader&&) noexcept = default;
ReplyReader& ReplyReader::operator=(ReplyReader&&) noexcept = default;

void ReplyReader::begin() noexcept {
  State& s = *state_;
  s.reply = Reply{};
  s.parser.emplace(s.reply);
  s.keep_alive = false;
  s.begin = s.end = 0;
}

std::span<char> ReplyReader::space() noexcept {
  State& s = *state_;
  if (s.begin == s.end) {
    s.begin = s.end = 0;
  } else if (s.begin != 0) {
    std::memmove(s.buffer.data(), s.buffer.data() + s.begin, s.end - s.begin);
    s.end -= s.begin;
    s.begin = 0;
  }
  return std::span<char>(s.buffer).subspan(s.end);
}

bool ReplyReader::received(std::size_t n) {
  State& s = *state_;
  if (s.reply.first_byte_ns == 0) s.reply.first_byte_ns = now_ns();
  s.end += n;
  return s.parse();
}

void ReplyReader::ended(int error) {
  State& s = *state_;
  if (error != 0) {
    s.complete(Outcome::reset);
    return;
  }
  if (s.parser->got_some() && !s.parser->is_done()) {
    error_code ignored;
    s.parser->put_eof(ignored);
    if (!ignored && s.parser->is_done()) {
      s.judged();
      s.keep_alive = false;
      return;
    }
  }
  s.complete(Outcome::truncated);
}

void ReplyReader::abandoned(Outcome outcome) noexcept { state_->complete(outcome); }

const Reply& ReplyReader::reply() const noexcept { return state_->reply; }
bool ReplyReader::keep_alive() const noexcept { return state_->keep_alive; }

}  // namespace interleave
