// A lane that is awaited with Boost.Asio's own coroutine type.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <cstdint>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "harness/worker/capabilities.hpp"
#include "models/asio/connection.hpp"
#include "models/asio/coroutine_lane.hpp"
#include "models/asio/exchange.hpp"

namespace interleave {

class AsioCoroutineLane : public AsioAwaitedLane {
 private:
  struct Begin {
    AsioConnection* connection;
    template <class Handler>
    void operator()(Handler&& handler, const Request& request, nanoseconds limit) const {
      AsioExchange(*connection, std::forward<Handler>(handler)).start(request, limit);
    }
  };
  // To be awaited in the body itself: the exchange costs no coroutine of its own.
  static auto exchange(AsioConnection& connection, const Request& request, nanoseconds limit) {
    return boost::asio::async_initiate<const boost::asio::deferred_t, void(Reply)>(
        Begin{&connection}, boost::asio::deferred, request, limit);
  }

 public:
  // A connection; and a timer as Asio's condition variable for what it hands over.
  class SubLane {
   public:
    SubLane(AsioLoop& loop, std::unique_ptr<AsioConnection> connection)
        : waiter_(loop), connection_(std::move(connection)) {}
    auto fetch_within(const Request& request, nanoseconds limit) { return exchange(*connection_, request, limit); }
    auto offload(const Work& work) { return waiter_.offload(work); }
    void cancel() { connection_->cancel(); }
    void retire() { connection_->retire(); }

   private:
    AsioAwaitedLane waiter_;
    std::unique_ptr<AsioConnection> connection_;
  };

  // Without a socket it can only sleep and compute, and carries no buffer.
  AsioCoroutineLane(AsioLoop& loop, std::uint16_t port, Socket socket) : AsioAwaitedLane(loop) {
    if (socket) connection_ = std::make_unique<AsioConnection>(loop.io(), port, std::move(socket));
  }

  auto fetch_within(const Request& request, nanoseconds limit) { return exchange(*connection_, request, limit); }
  auto fetch(const Request& request) { return fetch_within(request, nanoseconds(0)); }
  const std::string& kept_body() const { return connection_->body(); }

  // The first sub-lane takes over the lane's own connection, the others connect when they are needed. Waits with a
  // timer as Asio's condition variable: it never expires, and is cancelled when the last task is over.
  template <class State>
  Task<void> fork(std::uint32_t n, Task<bool> (*each)(SubLane&, State&, std::uint32_t), State& state) {
    if (!forked_) forked_ = std::make_unique<Forked>(loop().io(), connection_->server().port());
    std::vector<std::unique_ptr<SubLane>>& subs = forked_->subs;
    if (subs.empty()) subs.push_back(std::make_unique<SubLane>(loop(), std::move(connection_)));
    while (subs.size() < n) {
      subs.push_back(std::make_unique<SubLane>(loop(), std::make_unique<AsioConnection>(loop().io(), forked_->port)));
    }
    forked_->under_way = n;
    forked_->all_over.expires_at(AsioTimer::time_point::max());
    for (std::uint32_t k = 0; k < n; ++k) {
      boost::asio::co_spawn(loop().io(), each(*subs[k], state, k), [this](const std::exception_ptr& error, bool) {
        if (error) std::rethrow_exception(error);
        if (--forked_->under_way == 0) forked_->all_over.cancel();
      });
    }
    if (forked_->under_way == 0) co_return;
    const auto [cancelled] = co_await forked_->all_over.async_wait(kAwaited);
    static_cast<void>(cancelled);
  }
  void cancel() {
    for (const auto& sub : forked_->subs) sub->cancel();
  }
  void retire() {
    if (connection_) connection_->retire();
    retire_datagrams();
    if (!forked_) return;
    for (const auto& sub : forked_->subs) sub->retire();
  }

 private:
  struct Forked {
    Forked(boost::asio::io_context& io, std::uint16_t server) : port(server), all_over(io) {}
    std::uint16_t port;
    std::vector<std::unique_ptr<SubLane>> subs;
    AsioTimer all_over;
    std::uint32_t under_way = 0;
  };

  std::unique_ptr<AsioConnection> connection_;
  std::unique_ptr<Forked> forked_;  // from the first fork() on
};

static_assert(CoroutineLane<AsioCoroutineLane>);
static_assert(CoroutineDeadline<AsioCoroutineLane>);
static_assert(CoroutineOffload<AsioCoroutineLane>);
static_assert(CoroutineQueue<AsioCoroutineLane>);
static_assert(CoroutineSubLanes<AsioCoroutineLane>);

}  // namespace interleave
