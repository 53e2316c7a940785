// exhibition, one board, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/exhibition/game.hpp"

namespace interleave {

struct ExhibitionBlocking {
  template <BlockingLane L>
  static ItemResult blocking(L& lane, const Load& load, std::uint32_t item) {
    Game game(load, item);
    while (!game.is_over()) {
      lane.sleep(game.move());
      game.take_reply();
    }
    return game.result();
  }
};

}  // namespace interleave
