// exhibition, one board, for lanes that call back: between two moves it is a game in a continuation.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/styles.hpp"
#include "workloads/exhibition/game.hpp"

namespace interleave {

struct ExhibitionCallback {
  template <CallbackLane L>
  static void callback(L&, const Load& load, std::uint32_t item, Done<L> done) {
    go_on(Game(load, item), done);
  }

 private:
  template <CallbackLane L>
  static void go_on(Game game, Done<L> done) {
    if (game.is_over()) return done(game.result());
    const nanoseconds reply = game.move();
    done.lane->sleep(reply, [game, done] {
      Game next = game;
      next.take_reply();
      go_on(next, done);
    });
  }
};

}  // namespace interleave
