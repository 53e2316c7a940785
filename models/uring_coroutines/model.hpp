// uring_coroutines: one lazy coroutine an item on one completion loop, io_uring's.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/worker/model.hpp"
#include "models/epoll_coroutines/lane.hpp"
#include "models/uring_coroutines/connection.hpp"

namespace interleave {

class UringCoroutines {
 public:
  using Lane = LoopLane<UringConnection>;

  static Description describe() {
    return {.name = "uring_coroutines",
            .family = Family::coroutines,
            .library = "liburing " LIBURING_VERSION,
            .back_end = "io_uring, SINGLE_ISSUER, DEFER_TASKRUN",
            .threads = "1"};
  }
  static Claims claims(const Load&) { return {.threads = 1, .processes = 1, .loops = 1}; }
  static std::optional<std::string> refusal(const Load&) { return ring_refusal(); }

  UringCoroutines(const Load& load, std::vector<Socket> sockets) : lanes_(load, sockets, load.in_flight) {}

  void for_each_item(const Load& load, CoroutineBody<Lane> body) {
    std::atomic<std::uint32_t> next{0};
    lanes_.run(load, body, next);
  }

 private:
  LoopLanes<UringConnection> lanes_;
};

static_assert(CoroutineModel<UringCoroutines>);
static_assert(CoroutineDeadline<UringCoroutines::Lane>);
static_assert(CoroutineOffload<UringCoroutines::Lane>);

}  // namespace interleave
