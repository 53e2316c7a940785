// asio_coroutines: one coroutine a lane on one Boost.Asio loop, with Asio's own awaitable.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/model.hpp"
#include "models/asio/coroutine_loop.hpp"
#include "models/asio_coroutines/lane.hpp"

namespace interleave {

class AsioCoroutines : public AsioCoroutineLoop<AsioCoroutineLane> {
 public:
  using Lane = AsioCoroutineLane;
  using AsioCoroutineLoop::AsioCoroutineLoop;

  static Description describe() {
    return {.name = "asio_coroutines",
            .family = Family::coroutines,
            .library = "Boost.Asio " + asio_version() + " awaitable",
            .back_end = kAsioBackEnd,
            .threads = "1",
            .bears_family = true};
  }
  static Claims claims(const Load&) { return {.threads = 1, .processes = 1, .loops = 1}; }
  static std::optional<std::string> refusal(const Load&) { return std::nullopt; }
};

static_assert(CoroutineModel<AsioCoroutines>);
static_assert(CoroutineDeadline<AsioCoroutines::Lane>);
static_assert(CoroutineOffload<AsioCoroutines::Lane>);
static_assert(CoroutineDatagrams<AsioCoroutines::Lane>);

}  // namespace interleave
