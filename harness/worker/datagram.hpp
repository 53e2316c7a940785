// What a lane's socket for datagrams has received.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "harness/dns/message.hpp"
#include "harness/http/outcome.hpp"
#include "harness/numbers/clock.hpp"

namespace interleave {

struct Datagram {
  Outcome outcome = Outcome::timeout;  // OK: it is here
  Octets bytes{};                      // the lane's, until its next operation
  std::int64_t received_ns = 0;        // CLOCK_MONOTONIC
};
struct OnDatagram {
  void* some;
  void operator()(const Datagram&) const noexcept {}
};

// Where a lane receives: a longer datagram, or message of an exchange, is no answer to what items ask.
inline constexpr std::size_t kMostReceived = 4096;
using DatagramSpace = std::array<unsigned char, kMostReceived>;

// One message each way on a connection made for it, each behind its length in two bytes: everything but the waiting.
// begin(); send outgoing(); receive into room() and tell received() or failed(), until either answers true.
class StreamedMessage {
 public:
  // A message that is longer than a datagram may be is cut off.
  void begin(Octets message) noexcept {
    size_ = std::min(message.size(), kMostDnsDatagram);
    outgoing_[0] = static_cast<unsigned char>(size_ >> 8);
    outgoing_[1] = static_cast<unsigned char>(size_ & 0xff);
    std::memcpy(outgoing_.data() + kHeader, message.data(), size_);
    have_ = 0;
    answer_ = {};
  }
  Octets outgoing() const noexcept { return {outgoing_.data(), kHeader + size_}; }
  std::span<unsigned char> room() noexcept { return std::span(space_).subspan(have_); }
  // 0 bytes: the peer's end. True: answer() is whole, or it never will be.
  bool received(std::size_t bytes) noexcept {
    if (bytes == 0) return failed(Outcome::truncated);
    have_ += bytes;
    if (have_ < kHeader) return false;
    const std::size_t length = static_cast<std::size_t>(space_[0]) << 8 | space_[1];
    if (kHeader + length > space_.size()) return failed(Outcome::malformed);
    if (have_ < kHeader + length) return false;
    answer_ = {Outcome::ok, {space_.data() + kHeader, length}, now_ns()};
    return true;
  }
  bool failed(Outcome outcome) noexcept {
    answer_ = {.outcome = outcome};
    return true;
  }
  const Datagram& answer() const noexcept { return answer_; }

 private:
  static constexpr std::size_t kHeader = 2;
  std::array<unsigned char, kHeader + kMostDnsDatagram> outgoing_;
  std::size_t size_ = 0, have_ = 0;
  DatagramSpace space_;
  Datagram answer_;
};

}  // namespace interleave
