// sequential: one thread does one item after another with blocking calls. The baseline.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/blocking_lane.hpp"
#include "harness/worker/capabilities.hpp"
#include "harness/worker/model.hpp"

namespace interleave {

class Sequential {
 public:
  // One thread, so it has no sub-lanes.
  struct Lane : SocketLane {
    using SocketLane::SocketLane;
    void fork() = delete;
  };

  static Description describe() {
    return {.name = "sequential",
            .family = Family::sequential,
            .library = "POSIX sockets",
            .back_end = "blocking calls",
            .threads = "1",
            .bears_family = true};
  }
  static Claims claims(const Load&) { return {.threads = 1, .processes = 1, .loops = 0}; }
  static std::optional<std::string> refusal(const Load& load) {
    if (load.in_flight == 1) return std::nullopt;
    return "one item at a time: runs only in_flight 1";
  }

  Sequential(const Load& load, std::vector<Socket> sockets)
      : lane_(load, sockets.empty() ? Socket() : std::move(sockets.front())) {}

  void for_each_item(const Load& load, BlockingBody<Lane> body) {
    for (std::uint32_t item = 0; item < load.items; ++item) body(lane_, load, item);
  }

 private:
  Lane lane_;
};

static_assert(BlockingModel<Sequential>);
static_assert(BlockingDeadline<Sequential::Lane>);
static_assert(BlockingOffload<Sequential::Lane>);

}  // namespace interleave
