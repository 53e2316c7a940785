// One board's game: its moves in their order, and what they come to.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <type_traits>

#include "harness/load/item.hpp"
#include "harness/load/item_result.hpp"
#include "harness/load/load.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/numbers/mix.hpp"
#include "workloads/compute/kernel.hpp"
#include "workloads/exhibition/moves.hpp"

namespace interleave {

// Plain bytes, few enough for a continuation to keep together with whom to tell.
class Game {
 public:
  Game(const Load& load, std::uint32_t item)
      : input_(&load.inputs[item]),
        digest_(first_position(item, *input_)),
        item_(item),
        pairs_left_(pairs_of(*input_)) {}

  bool is_over() const { return pairs_left_ == 0; }

  // Makes the player's move; returns how long the other side will think.
  nanoseconds move() {
    digest_ = next_position(digest_, sum_of_squares(digest_ >> 32, input_->work));
    --pairs_left_;
    reply_due_ns_ = now_ns() + input_->wait_ns;
    return nanoseconds(input_->wait_ns);
  }
  // To be called once that time is over. Before, it is cheating, by whatever margin.
  void take_reply() {
    if (now_ns() < reply_due_ns_) outcome_ = Outcome::truncated;
  }
  ItemResult result() const { return {.item = item_, .outcome = outcome_, .digest = digest_}; }

 private:
  const ItemInput* input_;
  std::uint64_t digest_;  // of the position: of all moves so far
  std::int64_t reply_due_ns_ = 0;
  std::uint32_t item_;
  std::uint16_t pairs_left_;
  Outcome outcome_ = Outcome::ok;
};
static_assert(std::is_trivially_copyable_v<Game> && sizeof(Game) == 32);

}  // namespace interleave
