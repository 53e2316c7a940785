// Bytes in, replies out: the sans-I/O reader that every client model shares.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "harness/http/reply.hpp"

namespace interleave {

// One per connection. Tell received() the bytes; when it answers true, reply() is complete and stays as it is until the
// next begin(). Not thread-safe; allocates when made, and where a header comes in pieces.
class ReplyReader {
 public:
  ReplyReader();
  ~ReplyReader();
  ReplyReader(ReplyReader&&) noexcept;
  ReplyReader& operator=(ReplyReader&&) noexcept;

  // Before a request is sent: forgets the last reply. A reply with bytes behind its end has keep_alive() false, since
  // nobody asked for them. With `keep` the body is kept as well as digested.
  void begin(bool keep = false) noexcept;

  // At least one byte has been received; afterwards the place may be used anew. True: the reply is complete or
  // MALFORMED.
  bool received(std::span<const char> bytes);

  // The peer closed (error 0) or the socket failed (an errno): completes the reply, whose outcome is what its framing
  // says: complete, TRUNCATED, MALFORMED, or RESET for ECONNRESET and EPIPE.
  void ended(int error);

  // The client gave up waiting: completes the reply as `outcome` (TIMEOUT or CANCELLED).
  void abandoned(Outcome outcome) noexcept;

  const Reply& reply() const noexcept;
  // As far as it has come, where it is kept; valid, and at the same address, until the next begin().
  const std::string& body() const noexcept;

  // Whether the connection may carry another request; false after every broken reply.
  bool keep_alive() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A place to receive into, for connections that take turns: a small one that stays in the cache.
using ReceiveBuffer = std::array<char, 8192>;

// A reader with a place of its own, for a connection that hands it out before it knows that it is next.
class BufferedReplyReader : public ReplyReader {
 public:
  std::span<char> space() noexcept { return buffer_; }
  // The first n bytes of space() have been received, n >= 1.
  bool received(std::size_t n) { return ReplyReader::received(std::span<const char>(buffer_).first(n)); }

 private:
  ReceiveBuffer buffer_;
};

}  // namespace interleave
