// What Beast lets through and RFC 9112 does not.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/request_parser.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>

#include "harness/server/target.hpp"
#include "harness/server/text.hpp"

namespace interleave {
namespace {

namespace http = boost::beast::http;
using boost::beast::iequals;

constexpr std::string_view kChunkedLast = "chunked is not the last transfer coding";
constexpr std::string_view kTooLong = "the request line exceeds 8 KiB";

// Paths whose answer depends on the body.
bool wants_body(std::string_view path) {
  constexpr std::array<std::string_view, 8> kFirst{"/",     "/echo", "/anything", "/delay",
                                                   "/post", "/put",  "/patch",    "/delete"};
  const std::string_view first = path.substr(0, path.find_first_of("/?", 1));
  return std::find(kFirst.begin(), kFirst.end(), first) != kFirst.end();
}

bool is_fate_field(boost::beast::string_view name) {
  constexpr std::string_view kPrefix = "X-Fate-";
  return name.size() > kPrefix.size() && iequals(name.substr(0, kPrefix.size()), kPrefix.data());
}

// "HTTP/2.0": well-formed, whatever its numbers.
bool is_version(std::string_view text) {
  return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
}

}  // namespace

RequestParser::RequestParser() {
  eager(false);            // stops behind the header: the body may be chunked
  header_limit(1U << 20);  // never reached: see lines_are_clean()
  body_limit(kMostBody);
}

void RequestParser::refuse(std::uint16_t status, std::string_view reason, error_code& error) {
  refusal_ = {status, reason};
  error = http::error::bad_field;
}

bool RequestParser::refused(std::uint16_t status, std::string_view reason) {
  refusal_ = {status, reason};
  return false;
}

// RFC 9112, 3: 501 for a method that is longer than any, 414 for a target that is.
bool RequestParser::request_line_is_too_long(std::string_view line) {
  return refused(line.substr(0, kMostRequestLine).find(' ') == std::string_view::npos ? 501 : 414, kTooLong);
}

// Without its CRLF. What ends in a version this server speaks is left to Beast, which waits for ever for one that is
// missing.
bool RequestParser::request_line_is_clean(std::string_view line) {
  if (line.size() > kMostRequestLine) return request_line_is_too_long(line);
  if (line.ends_with(" HTTP/1.1") || line.ends_with(" HTTP/1.0")) return true;
  const std::size_t first = line.find(' '), last = line.rfind(' ');
  const bool three_parts = first != std::string_view::npos && first != 0 && line.find(' ', first + 1) == last &&
                           last > first + 1 && is_version(line.substr(last + 1));
  if (three_parts) return refused(505, "the version is neither HTTP/1.1 nor HTTP/1.0");
  return refused(400, "the request line is not a method, a target and a version");
}

// A bare LF would make Beast wait for a line end that never comes, and it unfolds obs-fold instead of refusing it.
bool RequestParser::lines_are_clean(std::string_view from) {
  while (const void* const found = std::memchr(from.data() + scanned_, '\n', from.size() - scanned_)) {
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - from.data());
    if (at == 0 || from[at - 1] != '\r') return refused(400, "a line ends in LF without CR");
    if (request_line_ == 0) {
      if (!request_line_is_clean(from.substr(0, at - 1))) return false;
      request_line_ = at + 1;
    } else if (at == 1 || from[at - 2] == '\n') {  // an empty line ends the header, and what follows is body
      header_seen_ = true;
      return true;
    } else if (passed_ + at + 1 - request_line_ > kMostHeaders) {
      return refused(431, "the header exceeds 16 KiB");
    }
    if (at + 1 == from.size()) {
      scanned_ = at;  // the next byte decides whether this line is folded
      return true;
    }
    if (from[at + 1] == ' ' || from[at + 1] == '\t') return refused(400, "a header line is folded (obs-fold)");
    scanned_ = at + 1;
  }
  scanned_ = from.empty() ? 0 : from.size() - 1;
  if (request_line_ == 0 && from.size() > kMostRequestLine + 1) return request_line_is_too_long(from);
  if (request_line_ != 0 && passed_ + from.size() - request_line_ > kMostHeaders + 1) {
    return refused(431, "the header exceeds 16 KiB");
  }
  return true;
}

std::size_t RequestParser::take_bytes(std::string_view from) {
  const std::size_t plain = chunks_ ? 0 : take_plain(from);
  if (chunks_ && !refusal_) return plain + take_chunks(from.substr(plain));
  // The reply to HEAD has no body, whatever is wrong with the request.
  if (refusal_ && request_line_ == 0 && from.starts_with("HEAD ")) method_ = http::verb::head;
  return plain;
}

// The header, and a body that has a length.
std::size_t RequestParser::take_plain(std::string_view from) {
  if (!header_seen_ && !lines_are_clean(from)) return 0;
  error_code error;
  std::size_t consumed = 0;
  while (consumed != from.size() && !is_done() && !chunks_) {
    const std::size_t n = put({from.data() + consumed, from.size() - consumed}, error);
    consumed += n;
    if (error || n == 0) break;
    if (is_header_done() && codings_ != 0) chunks_ = std::make_unique<ChunkedBody>();
  }
  if ((chunks_ || !is_done()) && owned_target_.empty()) owned_target_ = target_;  // the bytes may move by the next call
  scanned_ -= header_seen_ ? scanned_ : std::min(scanned_, consumed);
  passed_ += consumed;
  if (error && error != http::error::need_more && !refusal_) explain(error);
  return consumed;
}

std::size_t RequestParser::take_chunks(std::string_view from) {
  std::size_t consumed = 0;
  while (consumed != from.size() && !chunks_->done() && !refusal_) {
    const ChunkedBody::Taken taken = chunks_->take_bytes(from.substr(consumed));
    consumed += taken.bytes;
    keep({taken.content.data(), taken.content.size()});
    refusal_ = chunks_->refusal();
  }
  return consumed;
}

void RequestParser::explain(const error_code& error) {
  if (error == http::error::body_limit) {
    refusal_ = {413, "the body exceeds 1 MiB"};
  } else if ((error == http::error::bad_transfer_encoding && lengths_ != 0) ||
             (error == http::error::bad_content_length && codings_ != 0)) {
    refusal_ = {400, "both Content-Length and Transfer-Encoding"};
  } else if (error == http::error::bad_transfer_encoding) {
    refusal_ = {400, kChunkedLast};
  } else if (error == http::error::bad_version) {  // the line ends in one: see request_line_is_clean()
    refusal_ = {400, "a blank in the target"};
  } else {
    refusal_ = {400, "the request is malformed"};
  }
}

void RequestParser::on_request_impl(http::verb method, string_view method_text, string_view target, int version,
                                    error_code& error) {
  method_ = method;
  version_ = static_cast<std::uint8_t>(version);
  target_ = {target.data(), target.size()};
  if (method == http::verb::connect) return refuse(501, "this server is no proxy", error);
  std::string_view path = target_;
  if (!path.starts_with('/')) {
    const auto other_form = target_of(target_, method == http::verb::options);
    if (!other_form) return refuse(400, "the target is neither /path nor http://host/path", error);
    path = other_form->path;
  }
  keep_fields_ = !path.starts_with("/item/") && path != "/ready";
  keep_body_ = always_keep_body_ || (keep_fields_ && wants_body(path));
  if (keep_fields_) owned_method_.assign(method_text.data(), method_text.size());
}

void RequestParser::on_field_impl(Field known, string_view name, string_view value, error_code& error) {
  if (++field_count_ > kMostFields) return refuse(431, "the header has more than 100 fields", error);
  switch (known) {
    case Field::host:
      if (++hosts_ > 1) return refuse(400, "Host is given twice", error);
      if (!is_valid_host({value.data(), value.size()})) return refuse(400, "Host is not a host and a port", error);
      break;
    case Field::content_length:
      if (++lengths_ > 1 || value.find(',') != string_view::npos) {
        return refuse(400, "Content-Length is given twice", error);
      }
      break;
    case Field::transfer_encoding:
      ++codings_;
      if (http_1_0()) return refuse(400, "Transfer-Encoding in HTTP/1.0", error);
      note_codings({value.data(), value.size()}, error);
      break;
    case Field::expect: wants_continue_ = !http_1_0() && iequals(value, "100-continue"); break;
    default: break;
  }
  if (keep_fields_ || (known == Field::unknown && is_fate_field(name))) fields_.emplace_back(name, value);
}

// RFC 9112, 6.3: chunked must come last, and once, or the end of the body cannot be known.
void RequestParser::note_codings(std::string_view list, error_code& error) {
  while (!list.empty()) {
    std::string_view coding = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), coding.size() + 1));
    while (!coding.empty() && (coding.front() == ' ' || coding.front() == '\t')) coding.remove_prefix(1);
    while (!coding.empty() && (coding.back() == ' ' || coding.back() == '\t')) coding.remove_suffix(1);
    if (coding.empty()) continue;
    if (last_is_chunked_) return refuse(400, kChunkedLast, error);
    last_is_chunked_ = iequals({coding.data(), coding.size()}, "chunked");
    other_coding_ = other_coding_ || !last_is_chunked_;
  }
}

void RequestParser::on_header_impl(error_code& error) {
  header_seen_ = true;
  if (hosts_ == 0 && !http_1_0()) return refuse(400, "Host is missing", error);
  if (lengths_ != 0 && codings_ != 0) return refuse(400, "both Content-Length and Transfer-Encoding", error);
  if (codings_ != 0 && !last_is_chunked_) return refuse(400, kChunkedLast, error);
  if (other_coding_) return refuse(501, "the only transfer coding is chunked", error);
  has_body_ = lengths_ != 0 || codings_ != 0;
}

std::size_t RequestParser::keep(string_view piece) {
  if (keep_body_) body_.append(piece.data(), piece.size());
  return piece.size();
}

}  // namespace interleave
