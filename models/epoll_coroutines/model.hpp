// epoll_coroutines: one lazy coroutine an item on one readiness loop, both written by hand.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/worker/model.hpp"
#include "models/epoll_coroutines/connection.hpp"
#include "models/epoll_coroutines/lane.hpp"

namespace interleave {

class EpollCoroutines {
 public:
  using Lane = LoopLane<EpollConnection>;

  static Description describe() {
    return {.name = "epoll_coroutines",
            .family = Family::coroutines,
            .library = "none: C++20 coroutines by hand",
            .back_end = "epoll",
            .threads = "1",
            .counterparts = {"uring_coroutines"}};
  }
  static Claims claims(const Load&) { return {.threads = 1, .processes = 1, .loops = 1}; }
  static std::optional<std::string> refusal(const Load&) { return std::nullopt; }

  EpollCoroutines(const Load& load, std::vector<Socket> sockets) : lanes_(load, sockets, load.in_flight) {}

  void for_each_item(const Load& load, CoroutineBody<Lane> body) {
    std::atomic<std::uint32_t> next{0};
    lanes_.run(load, body, next);
  }

 private:
  LoopLanes<EpollConnection> lanes_;
};

static_assert(CoroutineModel<EpollCoroutines>);
static_assert(CoroutineDeadline<EpollCoroutines::Lane>);
static_assert(CoroutineOffload<EpollCoroutines::Lane>);
static_assert(CoroutineDatagrams<EpollCoroutines::Lane>);

}  // namespace interleave
