// A lane that is awaited with Boost.Asio's own coroutine type.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <memory>
#include <utility>

#include "harness/worker/capabilities.hpp"
#include "models/asio/connection.hpp"
#include "models/asio/coroutine_lane.hpp"
#include "models/asio/exchange.hpp"

namespace interleave {

class AsioCoroutineLane : public AsioAwaitedLane {
 public:
  // Without a socket it can only sleep and compute, and carries no buffer.
  AsioCoroutineLane(AsioLoop& loop, std::uint16_t port, Socket socket) : AsioAwaitedLane(loop) {
    if (socket) connection_ = std::make_unique<AsioConnection>(loop.io(), port, std::move(socket));
  }

  // To be awaited in the body itself: the exchange costs no coroutine of its own.
  auto fetch_within(const Request& request, nanoseconds limit) {
    return boost::asio::async_initiate<const boost::asio::deferred_t, void(Reply)>(
        Begin{connection_.get()}, boost::asio::deferred, request, limit);
  }
  const std::string& kept_body() const { return connection_->body(); }
  auto fetch(const Request& request) { return fetch_within(request, nanoseconds(0)); }
  void retire() {
    if (connection_) connection_->retire();
    retire_datagrams();
  }

 private:
  struct Begin {
    AsioConnection* connection;
    template <class Handler>
    void operator()(Handler&& handler, const Request& request, nanoseconds limit) const {
      AsioExchange(*connection, std::forward<Handler>(handler)).start(request, limit);
    }
  };

  std::unique_ptr<AsioConnection> connection_;
};

static_assert(CoroutineLane<AsioCoroutineLane>);
static_assert(CoroutineDeadline<AsioCoroutineLane>);
static_assert(CoroutineOffload<AsioCoroutineLane>);

}  // namespace interleave
