// A lane that is awaited with Boost.Asio's own coroutine type.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <memory>
#include <tuple>

#include "harness/worker/capabilities.hpp"
#include "models/asio/connection.hpp"

namespace interleave {

// `deferred` hands an operation to co_await as it is: use_awaitable would put a coroutine frame around each.
class AsioCoroutineLane {
 public:
  template <class T>
  using Task = boost::asio::awaitable<T, AsioExecutor>;

  // Without a socket it can only sleep, and carries no buffer.
  AsioCoroutineLane(boost::asio::io_context& io, std::uint16_t port, Socket socket) : timer_(io) {
    if (socket) connection_ = std::make_unique<AsioConnection>(io, port, std::move(socket));
  }

  Task<Reply> fetch(const Request& request) { return fetch_within(request, nanoseconds(0)); }
  Task<Reply> fetch_within(Request request, nanoseconds limit) {
    constexpr auto kWait = boost::asio::as_tuple(boost::asio::deferred);
    AsioConnection& link = *connection_;
    link.begin(request, limit);
    if (!link.open()) {
      const auto [error] = co_await link.socket().async_connect(link.server(), kWait);
      link.connected(error);
    }
    while (!link.over() && !link.send()) {
      const auto [error] = co_await link.socket().async_wait(AsioSocket::wait_write, kWait);
      static_cast<void>(error);  // send() meets it too
    }
    while (!link.over()) {
      const auto [error, n] = co_await link.socket().async_read_some(link.space(), kWait);
      link.received(error, n);
    }
    co_return link.reply();
  }
  auto sleep(nanoseconds time) {
    timer_.expires_after(time);
    return timer_.async_wait(boost::asio::deferred);
  }
  void retire() {
    if (connection_) connection_->retire();
  }

 private:
  AsioTimer timer_;
  std::unique_ptr<AsioConnection> connection_;
};

static_assert(CoroutineLane<AsioCoroutineLane>);
static_assert(CoroutineDeadline<AsioCoroutineLane>);

}  // namespace interleave
