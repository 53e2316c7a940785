// Bytes in, replies out: the sans-I/O reader that every client model shares.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <memory>
#include <span>

#include "harness/http/reply.hpp"

namespace interleave {

// One per connection. Receive into space(), tell received(n); when it answers true, reply() is complete and stays
// valid until the next begin(). Not thread-safe; allocates only when made.
class ReplyReader {
 public:
  ReplyReader();
  ~ReplyReader();
  ReplyReader(ReplyReader&&) noexcept;
  ReplyReader& operator=(ReplyReader&&) noexcept;

  // Before a request is sent: forgets the last reply. A reply with bytes behind its end has keep_alive() false, since
  // nobody asked for them.
  void begin() noexcept;

  // Where the next bytes go; never empty while a reply is incomplete.
  std::span<char> space() noexcept;

  // n bytes have been received into space(), n >= 1. True: the reply is complete or MALFORMED.
  bool received(std::size_t n);

  // The peer closed (error 0) or the socket failed (an errno): completes the reply, whose outcome is what its framing
  // says: complete, TRUNCATED, MALFORMED, or RESET for ECONNRESET and EPIPE.
  void ended(int error);

  // The client gave up waiting: completes the reply as `outcome` (TIMEOUT or CANCELLED).
  void abandoned(Outcome outcome) noexcept;

  const Reply& reply() const noexcept;

  // Whether the connection may carry another request; false after every broken reply.
  bool keep_alive() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace interleave
