// Every fate, step by step.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/http/body.hpp"
#include "harness/http/crc32c.hpp"

namespace interleave {
namespace {

using Kind = Step::Kind;

// Builds the script of one exchange.
class Author {
 public:
  Author(const Exchange& exchange, const ReplyPlan& plan, const ReplyTerms& terms)
      : exchange_(exchange),
        fate_(exchange.fate),
        plan_(plan),
        terms_(terms),
        bytes_(plan.content ? plan.content->size() : exchange.fate.bytes) {}

  Script write();

 private:
  // Status line, Date, X-Times and whatever lines the plan, the status or the fault add; the empty line is the
  // caller's.
  std::string header(std::string_view lines, const char* version = "HTTP/1.1") const {
    std::string text = fmt::format("{} {} {}\r\n{}{}{}", version, fate_.status, reason_of(fate_.status), terms_.date,
                                   plan_.fields, lines);
    if (plan_.fields.find("Allow: ") == std::string::npos) text += required_line(fate_.status);
    if (exchange_.run != 0) {
      text += fmt::format("X-Times: {},{},{}\r\n", exchange_.parsed_ns, exchange_.due_ns, terms_.written_ns);
    }
    if (plan_.retry_after_s != 0) text += fmt::format("Retry-After: {}\r\n", plan_.retry_after_s);
    text += line_of(terms_.persistence);
    return text;
  }
  std::string length(std::uint64_t bytes) const { return fmt::format("Content-Length: {}\r\n", bytes); }
  std::string with_length() const {
    return header(fate_.status == 204 || fate_.status == 304 ? "" : length(bytes_)) + "\r\n";
  }

  void put(std::uint64_t offset, std::uint64_t size) {
    if (terms_.head) return;
    if (plan_.content) script_.text(plan_.content->substr(offset, size));
    else script_.body(exchange_.item, offset, size, fate_.bytes_per_second);
  }
  std::string copied(std::uint64_t offset, std::uint64_t size) const {
    return plan_.content ? plan_.content->substr(offset, size) : std::string(body_window(exchange_.item, offset, size));
  }

  void plain(std::string text);
  void pieces(std::uint64_t size, bool chunked, std::string_view extension);
  void chunked(std::string_view extension, std::string_view last);
  void chunk_bytes();
  void half_of_body(Kind end);
  void half_of_header(Kind end);
  void chunked_without_end();
  void close_delimited();
  void interim();
  void broken(std::string bytes);
  void broken(std::string lines, std::string_view body);
  void finish(Ending ending) {
    script_.then(Kind::finish);
    script_.ending = ending;
  }
  void announce_close() { terms_.persistence = Persistence::close; }

  const Exchange& exchange_;
  const Fate& fate_;
  const ReplyPlan& plan_;
  ReplyTerms terms_;
  std::uint64_t bytes_;
  Script script_;
};

void Author::plain(std::string text) {
  script_.text(std::move(text));
  if (plan_.header_pause.count() > 0) script_.pause(plan_.header_pause);
  pieces(bytes_, false, "");
}

void Author::pieces(std::uint64_t size, bool chunked, std::string_view extension) {
  if (terms_.head) return;
  const std::uint64_t count = std::max<std::uint64_t>(1, std::min<std::uint64_t>(plan_.pieces, size));
  for (std::uint64_t piece = 0; piece < count && size != 0; ++piece) {
    if (piece != 0 && plan_.drip.count() > 0) script_.pause(plan_.drip);
    const auto end_of = [&](std::uint64_t nth) {
      return plan_.piece_bytes != 0 ? std::min(size, nth * plan_.piece_bytes) : size * nth / count;
    };
    const std::uint64_t begin = end_of(piece);
    const std::uint64_t part = end_of(piece + 1) - begin;
    if (chunked) script_.text(fmt::format("{:x}{}\r\n", part, extension));
    put(begin, part);
    if (chunked) script_.text("\r\n");
  }
}

// HTTP/1.0 has no chunks: what they would frame ends with the connection there.
void Author::chunked(std::string_view extension, std::string_view last) {
  script_.ending = Ending::completed;
  if (terms_.http_1_0) return close_delimited();
  const bool trailers = fate_.fault == Fault::chunk_trailers;
  script_.text(header(trailers ? "Transfer-Encoding: chunked\r\nTrailer: X-Digest, X-Bytes\r\n"
                               : "Transfer-Encoding: chunked\r\n") +
               "\r\n");
  if (plan_.header_pause.count() > 0) script_.pause(plan_.header_pause);
  pieces(bytes_, true, extension);
  if (!terms_.head) script_.text(std::string(last));
}

void Author::chunk_bytes() {
  script_.ending = Ending::completed;
  if (terms_.http_1_0) return close_delimited();
  script_.text(header("Transfer-Encoding: chunked\r\n") + "\r\n");
  if (terms_.head) return;
  std::string all;
  all.reserve(6 * bytes_ + 5);
  for (std::uint64_t offset = 0; offset < bytes_; ++offset) {
    all += "1\r\n";
    all += copied(offset, 1);
    all += "\r\n";
  }
  script_.text(all + "0\r\n\r\n");
}

void Author::close_delimited() {
  announce_close();
  plain(header("") + "\r\n");
  finish(Ending::completed);
}

// RFC 9110, 15.2: an HTTP/1.0 client does not know interim replies.
void Author::interim() {
  if (terms_.http_1_0) return;
  for (const std::uint16_t status : plan_.interim) {
    script_.text(fmt::format("HTTP/1.1 {} {}\r\n\r\n", status, reason_of(status)));
  }
  if (fate_.fault != Fault::interim) return;
  script_.text("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
}

void Author::broken(std::string bytes) {
  script_.text(std::move(bytes));
  finish(Ending::cut_by_server);
}

// A header with these lines, and these bytes behind it.
void Author::broken(std::string lines, std::string_view body) {
  broken(header(lines) + "\r\n" + std::string(terms_.head ? "" : body));
}

// An empty body cannot be cut short: then one byte is promised.
void Author::half_of_body(Kind end) {
  script_.text(header(length(std::max<std::uint64_t>(bytes_, 1))) + "\r\n");
  put(0, plan_.at.value_or(bytes_ / 2));
  script_.then(end);
}

void Author::half_of_header(Kind end) { script_.text(header(length(bytes_)) + "X-Half: the end is mis").then(end); }

void Author::chunked_without_end() {
  if (terms_.http_1_0) return half_of_body(Kind::finish);
  script_.text(header("Transfer-Encoding: chunked\r\n") + "\r\n");
  pieces(plan_.at.value_or(bytes_), true, "");
  script_.then(Kind::finish);
}

std::string ten_thousand_lines() {
  std::string lines;
  for (int line = 0; line < 10'000; ++line) lines += fmt::format("X-{}: {}\r\n", line, line);
  return lines;
}

Script Author::write() {
  script_.ending = Ending::cut_by_server;  // unless the fate is one of a complete reply
  interim();
  const std::string chunks = "Transfer-Encoding: chunked\r\n";
  switch (fate_.fault) {
    case Fault::none:
    case Fault::status:
    case Fault::interim:
      plain(with_length());
      script_.ending = Ending::completed;
      break;
    case Fault::close:
      announce_close();
      plain(with_length());
      finish(Ending::completed);
      break;
    case Fault::http_1_0:
      terms_.persistence = Persistence::keep_alive_1_1;  // says nothing: 1.0 closes by default
      plain(header(length(bytes_), "HTTP/1.0") + "\r\n");
      finish(Ending::completed);
      break;
    case Fault::close_delimited: close_delimited(); break;
    case Fault::chunked: chunked("", "0\r\n\r\n"); break;
    case Fault::chunk_bytes: chunk_bytes(); break;
    case Fault::chunk_trailers:
      chunked(";name=value;flag",
              fmt::format("0\r\nX-Digest: {:08x}\r\nX-Bytes: {}\r\n\r\n",
                          plan_.content ? crc32c(0, *plan_.content) : body_digest(exchange_.item, bytes_), bytes_));
      break;
    case Fault::reset_after:
      announce_close();
      plain(with_length());
      script_.then(Kind::reset);
      script_.ending = Ending::completed;
      break;
    case Fault::long_body:
      announce_close();
      plain(with_length());
      if (!terms_.head) script_.text("and more than the length says");
      finish(Ending::completed);
      break;
    case Fault::two_replies:
      announce_close();
      plain(with_length());
      script_.text("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond");
      finish(Ending::completed);
      break;
    case Fault::hang: script_.then(Kind::hang); break;
    case Fault::hang_header: half_of_header(Kind::hang); break;
    case Fault::stall: half_of_body(Kind::hang); break;
    case Fault::reset: script_.then(Kind::reset); break;
    case Fault::reset_header: half_of_header(Kind::reset); break;
    case Fault::reset_body: half_of_body(Kind::reset); break;
    case Fault::truncate: half_of_body(Kind::finish); break;
    case Fault::truncate_chunked: chunked_without_end(); break;
    case Fault::empty: script_.then(Kind::finish); break;
    case Fault::malformed: broken("HTTP/one 2OO what\r\n\r\n"); break;
    case Fault::garbage: broken("\x16\x03\x01 this is not HTTP\r\n\r\n"); break;
    case Fault::bad_header: broken("X-Without-Colon\r\n" + length(0), ""); break;
    case Fault::nul_header: broken(std::string("X-Nul: a\0b\r\n", 12) + length(0), ""); break;
    case Fault::bare_lf: broken("X-One: 1\nX-Two: 2\r\n" + length(0), ""); break;
    case Fault::huge_header: broken("X-Huge: " + std::string(64 * 1024, 'h') + "\r\n" + length(0), ""); break;
    case Fault::many_headers: broken(ten_thousand_lines() + length(0), ""); break;
    case Fault::bad_chunk: broken(chunks, "4\r\ngood\r\nxyz\r\nbad\r\n0\r\n\r\n"); break;
    case Fault::chunk_overflow: broken(chunks, "4\r\ngood\r\nfffffffffffffffff\r\nbad\r\n0\r\n\r\n"); break;
    case Fault::both_framings: broken(length(4) + chunks, "4\r\nboth\r\n0\r\n\r\n"); break;
    case Fault::two_lengths: broken(length(4) + length(7), "lengths"); break;
    case Fault::negative_length: broken("Content-Length: -1\r\n", "negative"); break;
  }
  if (plan_.close_unannounced) script_.then(Kind::finish);
  return std::move(script_);
}

}  // namespace

Script& Script::text(std::string bytes) {
  if (!steps.empty() && steps.back().kind == Kind::text) {
    steps.back().text += bytes;
  } else if (!bytes.empty()) {
    steps.push_back({Kind::text, std::move(bytes)});
  }
  return *this;
}

Script& Script::body(std::uint64_t item, std::uint64_t offset, std::uint64_t size, std::uint32_t bytes_per_second) {
  if (size != 0)
    steps.push_back(
        {.kind = Kind::body, .item = item, .offset = offset, .size = size, .bytes_per_second = bytes_per_second});
  return *this;
}

Script& Script::pause(std::chrono::nanoseconds time) {
  steps.push_back({Kind::pause});
  steps.back().pause = time;
  return *this;
}

Script& Script::then(Kind kind) {
  steps.push_back({kind});
  return *this;
}

Script script_of(const Exchange& exchange, const ReplyPlan& plan, const ReplyTerms& terms) {
  return Author(exchange, plan, terms).write();
}

}  // namespace interleave
