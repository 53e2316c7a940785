// The reader on Beast's basic_parser, which frames and validates; this file judges.
// SPDX-License-Identifier: Apache-2.0
#include "harness/http/reply_reader.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <cerrno>
#include <optional>
#include <vector>

#include "harness/http/crc32c.hpp"
#include "harness/http/reply_fields.hpp"
#include "harness/numbers/clock.hpp"

namespace interleave {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

constexpr std::uint32_t kMostHeaderBytes = 8192;
constexpr std::string_view kTimes = "x-times";

// Sets only what it needs; everything else of the message is checked by the base and dropped.
class Parser final : public http::basic_parser<false> {
 public:
  Parser(Reply& reply, std::string* kept) : reply_(reply), kept_(kept) {
    eager(true);
    body_limit(boost::none);
    header_limit(kMostHeaderBytes);
  }
  // Nothing shorter than "0 CRLF CRLF" is a whole chunked body, and Beast 1.81 asserts that much once it has seen "0
  // CRLF".
  bool can_go_on_with(std::size_t bytes) const { return bytes >= 5 || chunk_begun_ || !is_header_done() || !chunked(); }

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int status, string_view, int, error_code&) override {
    reply_.status = static_cast<std::uint16_t>(status);
    reply_.retry_after_s = 0;  // that of an interim reply says nothing of the final one
  }
  void on_field_impl(http::field known, string_view name, string_view value, error_code&) override {
    if (known == http::field::retry_after) reply_.retry_after_s = retry_after_in({value.data(), value.size()});
    if (known != http::field::unknown || name.size() != kTimes.size()) return;
    if (!boost::beast::iequals(name, string_view(kTimes.data(), kTimes.size()))) return;
    reply_.server_sent_ns = server_sent_in({value.data(), value.size()});
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override { return take_body(body); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override { chunk_begun_ = true; }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override { return take_body(body); }
  void on_finish_impl(error_code&) override {}

  std::size_t take_body(string_view body) {
    const std::string_view piece{body.data(), body.size()};
    reply_.digest = crc32c(reply_.digest, piece);
    reply_.bytes += piece.size();
    if (kept_ != nullptr) kept_->append(piece);
    return piece.size();
  }
  Reply& reply_;
  std::string* kept_;  // null: nobody wants it
  bool chunk_begun_ = false;
};

}  // namespace

struct ReplyReader::State {
  Reply reply;
  std::optional<Parser> parser;
  bool keep_alive = false;
  bool keeps_body = false;
  std::string body;
  std::vector<char> rest;  // of a header or a chunk's header that has not come whole

  void expect() { parser.emplace(reply, keeps_body ? &body : nullptr); }
  bool complete(Outcome outcome) noexcept {
    reply.outcome = outcome;
    keep_alive = false;
    return true;
  }
  bool judged(bool nothing_behind) noexcept {
    reply.outcome = outcome_of_status(reply.status);
    keep_alive = parser->keep_alive() && nothing_behind;
    return true;
  }
  // Takes what it can from the front of `bytes`. Interim (1xx) replies are skipped: the final one follows on the same
  // connection.
  bool parse(std::span<const char>& bytes) {
    while (!bytes.empty()) {
      if (!parser->can_go_on_with(bytes.size())) return false;
      error_code error;
      bytes = bytes.subspan(parser->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error));
      if (error == http::error::need_more) return bytes.size() >= kMostHeaderBytes && complete(Outcome::malformed);
      if (error) return complete(Outcome::malformed);
      if (!parser->is_done()) continue;
      if (reply.status >= 200) return judged(bytes.empty());
      expect();
    }
    return false;
  }
  bool parse_behind_rest(std::span<const char> bytes) {
    rest.insert(rest.end(), bytes.begin(), bytes.end());
    std::span<const char> all(rest);
    if (parse(all)) return true;
    rest.erase(rest.begin(), rest.end() - static_cast<std::ptrdiff_t>(all.size()));
    return false;
  }
};

ReplyReader::ReplyReader() : state_(std::make_unique<State>()) { begin(); }
ReplyReader::~ReplyReader() = default;
ReplyReader::ReplyReader(ReplyReader&&) noexcept = default;
ReplyReader& ReplyReader::operator=(ReplyReader&&) noexcept = default;

void ReplyReader::begin(bool keep) noexcept {
  State& s = *state_;
  s.reply = Reply{};
  s.keeps_body = keep;
  s.body.clear();
  s.expect();
  s.keep_alive = false;
  s.rest.clear();
}

bool ReplyReader::received(std::span<const char> bytes) {
  State& s = *state_;
  if (s.reply.first_byte_ns == 0) s.reply.first_byte_ns = now_ns();
  if (!s.rest.empty()) return s.parse_behind_rest(bytes);
  if (s.parse(bytes)) return true;
  s.rest.assign(bytes.begin(), bytes.end());
  return false;
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
      s.judged(false);
      return;
    }
  }
  s.complete(Outcome::truncated);
}

void ReplyReader::abandoned(Outcome outcome) noexcept { state_->complete(outcome); }

const Reply& ReplyReader::reply() const noexcept { return state_->reply; }
const std::string& ReplyReader::body() const noexcept { return state_->body; }
bool ReplyReader::keep_alive() const noexcept { return state_->keep_alive; }

}  // namespace interleave
