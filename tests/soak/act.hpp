// What a hostile client does with one item: how it asks, and how it leaves. A pure function of seed and item.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace interleave::soak {

enum class Manner : std::uint8_t {
  wait,            // sends, and reads the reply to its end
  wait_in_pieces,  // the same, with a pause inside the request
  half_close,      // sends request and FIN in one segment, and waits for the server to close
  leave_at_once,   // sends request and FIN in one segment, or an RST behind the request, and is gone
  leave_later,     // leaves at a random moment, and has read nothing
  leave_in_reply,  // leaves when the first bytes of the reply have come
  stop_reading,    // asks on a connection that takes few bytes, reads none, and leaves
  send_ahead,      // sends more requests behind the first than the server holds, and leaves
  break_off,       // leaves in the middle of the request
  break_rules,     // sends a request that must be refused
  say_nothing,     // connects, and leaves
};
inline constexpr std::size_t kManners = 11;
std::string_view name_of(Manner manner) noexcept;

struct Act {
  Manner manner = Manner::wait;
  bool reset = false;                 // leaves with RST rather than FIN
  bool again = false;                 // a broken exchange is tried once more as attempt 1
  bool twice = false;                 // the same item and attempt is asked for once more
  std::uint32_t cut_per_mille = 500;  // where a request is cut, of its length
  std::chrono::nanoseconds pause{0};  // inside a request, or before leaving: up to 30 ms at time scale 1
};

Act act_of(std::uint64_t seed, std::uint64_t item) noexcept;

}  // namespace interleave::soak
