// Drawing an act.
// SPDX-License-Identifier: Apache-2.0
#include "tests/soak/act.hpp"

#include <array>

#include "harness/numbers/mix.hpp"

namespace interleave::soak {
namespace {

struct Share {
  Manner manner;
  std::string_view name;
  std::uint32_t per_mille;
};

constexpr std::array<Share, kManners> kShares{{
    {Manner::wait, "wait", 480},
    {Manner::wait_in_pieces, "wait_in_pieces", 100},
    {Manner::half_close, "half_close", 40},
    {Manner::leave_at_once, "leave_at_once", 80},
    {Manner::leave_later, "leave_later", 120},
    {Manner::leave_in_reply, "leave_in_reply", 50},
    {Manner::stop_reading, "stop_reading", 40},
    {Manner::send_ahead, "send_ahead", 30},
    {Manner::break_off, "break_off", 30},
    {Manner::break_rules, "break_rules", 15},
    {Manner::say_nothing, "say_nothing", 15},
}};

Manner manner_at(std::uint64_t place) noexcept {
  for (const Share& share : kShares) {
    if (place < share.per_mille) return share.manner;
    place -= share.per_mille;
  }
  return Manner::wait;
}

}  // namespace

std::string_view name_of(Manner manner) noexcept { return kShares[static_cast<std::size_t>(manner)].name; }

Act act_of(std::uint64_t seed, std::uint64_t item) noexcept {
  const auto drawn = [word = mix64(mix64(seed, 0x50a4), item)](std::uint64_t which, std::uint64_t below) {
    return mix64(word, which) % below;
  };
  Act act;
  act.manner = manner_at(drawn(0, 1000));
  act.reset = drawn(1, 2) == 0;
  act.again = drawn(2, 4) == 0;
  act.twice = drawn(3, 64) == 0;
  act.cut_per_mille = static_cast<std::uint32_t>(drawn(4, 1000));
  act.pause = std::chrono::microseconds(drawn(5, 30'000));
  return act;
}

}  // namespace interleave::soak
