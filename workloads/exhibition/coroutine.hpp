// exhibition, one board, for lanes that are awaited.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/exhibition/game.hpp"

namespace interleave {

struct ExhibitionCoroutine {
  template <CoroutineLane L>
  static TaskOf<L, ItemResult> coroutine(L& lane, const Load& load, std::uint32_t item) {
    Game game(load, item);
    while (!game.is_over()) {
      const nanoseconds reply = game.move();
      co_await lane.sleep(reply);
      game.take_reply();
    }
    co_return game.result();
  }
};

}  // namespace interleave
