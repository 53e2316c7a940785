// The header of a plain reply, rendered on the stack of whoever writes it, with room for a short body behind it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "harness/server/exchange.hpp"

namespace interleave {

// The reason phrase of a status code; "Unknown" for codes without one.
std::string_view reason_of(unsigned status) noexcept;

// What a reply says of the connection's future.
enum class Persistence : std::uint8_t {
  keep_alive_1_1,  // nothing: HTTP/1.1 keeps alive
  keep_alive_1_0,  // Connection: keep-alive, for an HTTP/1.0 client that asked for it
  close,           // Connection: close
};
std::string_view line_of(Persistence persistence) noexcept;

// The field that a status may not come without, with its CRLF: WWW-Authenticate of 401 and the like. Empty for most.
std::string_view required_line(unsigned status) noexcept;

// What a reply owes to the request and the moment, whatever its fate.
struct ReplyTerms {
  Persistence persistence = Persistence::keep_alive_1_1;
  bool head = false;      // the request was HEAD: no body
  bool http_1_0 = false;  // it came from an HTTP/1.0 client: nothing interim, and no chunks
  std::string_view date;  // the Date line
  std::int64_t written_ns = 0;
};

// HTTP/1.1 status line, Date, Content-Length, X-Times (t1,t2,t3 of a counted exchange), and the line of `persistence`.
class ReplyHeader {
 public:
  ReplyHeader(const Exchange& exchange, std::uint64_t length, const ReplyTerms& terms) noexcept {
    put("HTTP/1.1 ");
    put(exchange.fate.status);
    put(" ");
    put(reason_of(exchange.fate.status));
    put("\r\n");
    put(terms.date);
    if (exchange.fate.status > 400) put(required_line(exchange.fate.status));
    if (exchange.fate.status != 204 && exchange.fate.status != 304) {
      put("Content-Length: ");
      put(length);
      put("\r\n");
    }
    if (exchange.run != 0) {
      put("X-Times: ");
      put(static_cast<std::uint64_t>(exchange.parsed_ns));
      put(",");
      put(static_cast<std::uint64_t>(exchange.due_ns));
      put(",");
      put(static_cast<std::uint64_t>(terms.written_ns));
      put("\r\n");
    }
    put(line_of(terms.persistence));
    put("\r\n");
  }
  // Copies `body` behind the header if it is short: one contiguous send costs less than a gathering one. False: it is
  // not.
  bool join(std::string_view body) noexcept {
    if (body.size() > kMostJoined) return false;
    put(body);
    return true;
  }
  std::string_view bytes() const noexcept { return {text_, size_}; }

 private:
  void put(std::string_view text) noexcept {
    std::memcpy(text_ + size_, text.data(), text.size());
    size_ += text.size();
  }
  void put(std::uint64_t number) noexcept {
    size_ = static_cast<std::size_t>(std::to_chars(text_ + size_, text_ + kMost, number).ptr - text_);
  }
  static constexpr std::size_t kMost = 320;         // of a header
  static constexpr std::size_t kMostJoined = 4096;  // of a body
  char text_[kMost + kMostJoined];
  std::size_t size_ = 0;
};

}  // namespace interleave
