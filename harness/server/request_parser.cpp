// What Beast lets through and RFC 9112 does not.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/request_parser.hpp"

#include <boost/beast/http/error.hpp>
#include <cstring>

namespace interleave {
namespace {

namespace http = boost::beast::http;
using boost::beast::iequals;

// Paths whose answer tells what was asked.
bool tells_request(std::string_view target) {
  for (const std::string_view path : {"/echo", "/headers", "/anything", "/get"}) {
    if (target.substr(0, path.size()) == path) return true;
  }
  return false;
}

bool is_fate_field(boost::beast::string_view name) {
  constexpr std::string_view kPrefix = "X-Fate-";
  return name.size() > kPrefix.size() && iequals(name.substr(0, kPrefix.size()), kPrefix.data());
}

}  // namespace

RequestParser::RequestParser() {
  eager(true);
  header_limit(static_cast<std::uint32_t>(kMostRequestLine + kMostHeaders));
  body_limit(kMostBody);
}

void RequestParser::refuse(std::uint16_t status, std::string_view reason, error_code& error) {
  refusal_ = {status, reason};
  error = http::error::bad_field;
}

// A bare LF would make Beast wait for a line end that never comes, and it unfolds obs-fold instead of refusing it.
bool RequestParser::lines_are_clean(std::string_view from) {
  while (const void* const found = std::memchr(from.data() + scanned_, '\n', from.size() - scanned_)) {
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - from.data());
    if (at == 0 || from[at - 1] != '\r') {
      refusal_ = {400, "a line ends in LF without CR"};
      return false;
    }
    // An empty line ends the header, and what follows is body. It may begin `from` once earlier lines are consumed.
    if ((at >= 3 && from[at - 2] == '\n') || (at == 1 && !target_.empty())) {
      header_seen_ = true;
      return true;
    }
    if (at + 1 == from.size()) {
      scanned_ = at;  // the next byte decides whether this line is folded
      return true;
    }
    if (from[at + 1] == ' ' || from[at + 1] == '\t') {
      refusal_ = {400, "a header line is folded (obs-fold)"};
      return false;
    }
    scanned_ = at + 1;
  }
  scanned_ = from.empty() ? 0 : from.size() - 1;
  return true;
}

std::size_t RequestParser::take(std::string_view from) {
  if (!header_seen_ && !lines_are_clean(from)) return 0;
  // Nothing shorter than "0 CRLF CRLF" is a whole chunked body, and Beast 1.81 asserts that much once it has seen "0
  // CRLF".
  if (codings_ != 0 && is_header_done() && !chunk_begun_ && from.size() < 5) return 0;
  error_code error;
  std::size_t consumed = 0;
  while (consumed != from.size() && !is_done()) {
    const std::size_t n = put({from.data() + consumed, from.size() - consumed}, error);
    consumed += n;
    if (error || n == 0) break;
  }
  if (!is_done() && owned_target_.empty()) owned_target_ = target_;  // the bytes may have moved by the next call
  scanned_ -= header_seen_ ? scanned_ : std::min(scanned_, consumed);
  if (!header_seen_ && consumed > kMostRequestLine && !refusal_) refusal_ = {414, "the request line exceeds 8 KiB"};
  if (!error || error == http::error::need_more || refusal_) return consumed;
  if (error == http::error::header_limit) {
    refusal_ = {431, "the header exceeds 16 KiB"};
  } else if (error == http::error::body_limit) {
    refusal_ = {413, "the body exceeds 1 MiB"};
  } else if (error == http::error::bad_version) {
    refusal_ = {505, "the version is neither HTTP/1.1 nor HTTP/1.0"};
  } else if ((error == http::error::bad_transfer_encoding && lengths_ != 0) ||
             (error == http::error::bad_content_length && codings_ != 0)) {
    refusal_ = {400, "both Content-Length and Transfer-Encoding"};
  } else {
    refusal_ = {400, "the request is malformed"};
  }
  return consumed;
}

void RequestParser::on_request_impl(http::verb method, string_view method_text, string_view target, int version,
                                    error_code& error) {
  if (target.size() > kMostRequestLine) return refuse(414, "the request line exceeds 8 KiB", error);
  method_ = method;
  version_ = static_cast<std::uint8_t>(version);
  target_ = {target.data(), target.size()};
  keep_all_ = tells_request({target.data(), target.size()});
  if (keep_all_) owned_method_.assign(method_text.data(), method_text.size());
}

void RequestParser::on_field_impl(Field known, string_view name, string_view value, error_code& error) {
  if (++field_count_ > kMostFields) return refuse(431, "the header has more than 100 fields", error);
  switch (known) {
    case Field::host:
      if (++hosts_ > 1) return refuse(400, "Host is given twice", error);
      break;
    case Field::content_length:
      if (++lengths_ > 1 || value.find(',') != string_view::npos) {
        return refuse(400, "Content-Length is given twice", error);
      }
      break;
    case Field::transfer_encoding:
      ++codings_;
      if (!iequals(value, "chunked")) return refuse(501, "the only transfer coding is chunked", error);
      if (http_1_0()) return refuse(400, "Transfer-Encoding in HTTP/1.0", error);
      break;
    case Field::expect: wants_continue_ = iequals(value, "100-continue"); break;
    default: break;
  }
  if (keep_all_ || (known == Field::unknown && is_fate_field(name))) fields_.emplace_back(name, value);
}

void RequestParser::on_header_impl(error_code& error) {
  header_seen_ = true;
  if (hosts_ == 0 && !http_1_0()) return refuse(400, "Host is missing", error);
  has_body_ = lengths_ != 0 || codings_ != 0;
}

std::size_t RequestParser::keep(string_view piece) {
  if (keep_all_) body_.append(piece.data(), piece.size());
  return piece.size();
}

}  // namespace interleave
