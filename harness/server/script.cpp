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
  Author(const Exchange& exchange, const ReplyPlan& plan, Persistence persistence, bool head, std::int64_t written_ns)
      : exchange_(exchange),
        fate_(exchange.fate),
        plan_(plan),
        persistence_(persistence),
        head_(head),
        written_ns_(written_ns),
        bytes_(plan.content ? plan.content->size() : exchange.fate.bytes) {}

  Script write();

 private:
  // Status line, X-Times and whatever lines the plan or the fault adds; the empty line is the caller's.
  std::string header(std::string_view lines, const char* version = "HTTP/1.1") const {
    std::string text =
        fmt::format("{} {} {}\r\n{}{}", version, fate_.status, reason_of(fate_.status), plan_.fields, lines);
    if (exchange_.run != 0) {
      text += fmt::format("X-Times: {},{},{}\r\n", exchange_.parsed_ns, exchange_.due_ns, written_ns_);
    }
    if (plan_.retry_after_s != 0) text += fmt::format("Retry-After: {}\r\n", plan_.retry_after_s);
    text += line_of(persistence_);
    return text;
  }
  std::string length(std::uint64_t bytes) const { return fmt::format("Content-Length: {}\r\n", bytes); }
  std::string with_length() const {
    return header(fate_.status == 204 || fate_.status == 304 ? "" : length(bytes_)) + "\r\n";
  }

  void put(std::uint64_t offset, std::uint64_t size) {
    if (head_) return;
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
  void broken(std::string bytes) { script_.text(std::move(bytes)), finish(Ending::cut_by_server); }
  void finish(Ending ending) { script_.then(Kind::finish), script_.ending = ending; }
  void announce_close() { persistence_ = Persistence::close; }

  const Exchange& exchange_;
  const Fate& fate_;
  const ReplyPlan& plan_;
  Persistence persistence_;
  bool head_;
  std::int64_t written_ns_;
  std::uint64_t bytes_;
  Script script_;
};

void Author::plain(std::string text) {
  script_.text(std::move(text));
  if (plan_.header_pause.count() > 0) script_.pause(plan_.header_pause);
  pieces(bytes_, false, "");
}

void Author::pieces(std::uint64_t size, bool chunked, std::string_view extension) {
  const std::uint64_t count = std::max<std::uint64_t>(1, std::min<std::uint64_t>(plan_.pieces, size));
  for (std::uint64_t piece = 0; piece < count && size != 0; ++piece) {
    if (piece != 0 && plan_.drip.count() > 0) script_.pause(plan_.drip);
    const std::uint64_t begin = size * piece / count;
    const std::uint64_t part = size * (piece + 1) / count - begin;
    if (chunked && !head_) script_.text(fmt::format("{:x}{}\r\n", part, extension));
    put(begin, part);
    if (chunked && !head_) script_.text("\r\n");
  }
}

void Author::chunked(std::string_view extension, std::string_view last) {
  const bool trailers = fate_.fault == Fault::chunk_trailers;
  script_.text(header(trailers ? "Transfer-Encoding: chunked\r\nTrailer: X-Digest, X-Bytes\r\n"
                               : "Transfer-Encoding: chunked\r\n") +
               "\r\n");
  if (plan_.header_pause.count() > 0) script_.pause(plan_.header_pause);
  pieces(bytes_, true, extension);
  if (!head_) script_.text(std::string(last));
}

void Author::chunk_bytes() {
  script_.text(header("Transfer-Encoding: chunked\r\n") + "\r\n");
  std::string all;
  for (std::uint64_t offset = 0; offset < bytes_; ++offset) all += "1\r\n" + copied(offset, 1) + "\r\n";
  if (!head_) script_.text(all + "0\r\n\r\n");
}

// An empty body cannot be cut short: then one byte is promised.
void Author::half_of_body(Kind end) {
  script_.text(header(length(std::max<std::uint64_t>(bytes_, 1))) + "\r\n");
  put(0, plan_.at.value_or(bytes_ / 2));
  script_.then(end);
}

void Author::half_of_header(Kind end) { script_.text(header(length(bytes_)) + "X-Half: the end is mis").then(end); }

void Author::chunked_without_end() {
  script_.text(header("Transfer-Encoding: chunked\r\n") + "\r\n");
  pieces(plan_.at.value_or(bytes_), true, "");
  script_.then(Kind::finish);
}

Script Author::write() {
  for (const std::uint16_t status : plan_.interim) {
    script_.text(fmt::format("HTTP/1.1 {} {}\r\n\r\n", status, reason_of(status)));
  }
  script_.ending = Ending::cut_by_server;  // unless the fate is one of a complete reply
  switch (fate_.fault) {
    case Fault::none:
    case Fault::status:
      plain(with_length());
      script_.ending = Ending::completed;
      break;
    case Fault::close:
      announce_close();
      plain(with_length());
      finish(Ending::completed);
      break;
    case Fault::http_1_0:
      persistence_ = Persistence::keep_alive_1_1;  // says nothing: 1.0 closes by default
      plain(header(length(bytes_), "HTTP/1.0") + "\r\n");
      finish(Ending::completed);
      break;
    case Fault::close_delimited:
      announce_close();
      plain(header("") + "\r\n");
      finish(Ending::completed);
      break;
    case Fault::interim:
      script_.text("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
      plain(with_length());
      script_.ending = Ending::completed;
      break;
    case Fault::chunked:
      chunked("", "0\r\n\r\n");
      script_.ending = Ending::completed;
      break;
    case Fault::chunk_bytes:
      chunk_bytes();
      script_.ending = Ending::completed;
      break;
    case Fault::chunk_trailers:
      chunked(";name=value;flag",
              fmt::format("0\r\nX-Digest: {:08x}\r\nX-Bytes: {}\r\n\r\n",
                          plan_.content ? crc32c(0, *plan_.content) : body_digest(exchange_.item, bytes_), bytes_));
      script_.ending = Ending::completed;
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
      if (!head_) script_.text("and more than the length says");
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
    case Fault::bad_header: broken(header("X-Without-Colon\r\n" + length(0)) + "\r\n"); break;
    case Fault::nul_header: broken(header(std::string("X-Nul: a\0b\r\n", 12) + length(0)) + "\r\n"); break;
    case Fault::bare_lf: broken(header("X-One: 1\nX-Two: 2\r\n" + length(0)) + "\r\n"); break;
    case Fault::huge_header:
      broken(header("X-Huge: " + std::string(64 * 1024, 'h') + "\r\n" + length(0)) + "\r\n");
      break;
    case Fault::many_headers: {
      std::string lines;
      for (int line = 0; line < 10'000; ++line) lines += fmt::format("X-{}: {}\r\n", line, line);
      broken(header(lines + length(0)) + "\r\n");
      break;
    }
    case Fault::bad_chunk:
      broken(header("Transfer-Encoding: chunked\r\n") + "\r\n4\r\ngood\r\nxyz\r\nbad\r\n0\r\n\r\n");
      break;
    case Fault::chunk_overflow:
      broken(header("Transfer-Encoding: chunked\r\n") + "\r\n4\r\ngood\r\nfffffffffffffffff\r\nbad\r\n0\r\n\r\n");
      break;
    case Fault::both_framings:
      broken(header("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + "\r\n4\r\nboth\r\n0\r\n\r\n");
      break;
    case Fault::two_lengths: broken(header("Content-Length: 4\r\nContent-Length: 7\r\n") + "\r\nlengths"); break;
    case Fault::negative_length: broken(header("Content-Length: -1\r\n") + "\r\nnegative"); break;
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
  if (size != 0) steps.push_back({Kind::body, {}, item, offset, size, bytes_per_second});
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

Script script_of(const Exchange& exchange, const ReplyPlan& plan, Persistence persistence, bool head,
                 std::int64_t written_ns) {
  return Author(exchange, plan, persistence, head, written_ns).write();
}

}  // namespace interleave
