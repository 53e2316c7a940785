// A lane that is awaited with Boost.Asio's own coroutine type.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <tuple>
#include <utility>

#include "harness/worker/capabilities.hpp"
#include "models/asio/connection.hpp"
#include "models/asio/coroutine_lane.hpp"

namespace interleave {

class AsioCoroutineLane : public AsioAwaitedLane {
 public:
  // Without a socket it can only sleep and compute, and carries no buffer.
  AsioCoroutineLane(AsioLoop& loop, std::uint16_t port, Socket socket) : AsioAwaitedLane(loop) {
    if (socket) connection_ = std::make_unique<AsioConnection>(loop.io(), port, std::move(socket));
  }

  Task<Reply> fetch(const Request& request) { return fetch_within(request, nanoseconds(0)); }
  Task<Reply> fetch_within(Request request, nanoseconds limit) {
    AsioConnection& link = *connection_;
    link.begin(request, limit);
    if (!link.open()) {
      const auto [error] = co_await link.socket().async_connect(link.server(), kAwaited);
      link.connected(error);
    }
    while (!link.over() && !link.send()) {
      const auto [error] = co_await link.socket().async_wait(AsioSocket::wait_write, kAwaited);
      static_cast<void>(error);  // send() meets it too
    }
    while (!link.over()) {
      const auto [error, n] = co_await link.socket().async_read_some(link.space(), kAwaited);
      link.received(error, n);
    }
    co_return link.reply();
  }
  void retire() {
    if (connection_) connection_->retire();
  }

 private:
  std::unique_ptr<AsioConnection> connection_;
};

static_assert(CoroutineLane<AsioCoroutineLane>);
static_assert(CoroutineDeadline<AsioCoroutineLane>);
static_assert(CoroutineOffload<AsioCoroutineLane>);

}  // namespace interleave
