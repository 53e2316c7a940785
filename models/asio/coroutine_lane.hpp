// What a lane awaits on Boost.Asio beside its connection: sleep, and CPU work done elsewhere.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "harness/worker/styles.hpp"
#include "models/asio/datagrams.hpp"
#include "models/asio/loop.hpp"

namespace interleave {

// An operation that is awaited with it comes back as (error, ...) and never throws. `deferred` hands it to co_await as
// it is: use_awaitable would put a coroutine frame around each.
inline constexpr auto kAwaited = boost::asio::as_tuple(boost::asio::deferred);

class AsioAwaitedLane {
 public:
  template <class T>
  using Task = boost::asio::awaitable<T, AsioExecutor>;

  explicit AsioAwaitedLane(AsioLoop& loop) : loop_(loop), timer_(loop.io()) {
    if (loop.datagrams()) datagrams_ = std::make_unique<AsioDatagramLane>(loop.io());
  }

  auto sleep(nanoseconds time) {
    timer_.expires_after(time);
    return timer_.async_wait(boost::asio::deferred);
  }
  // Waits with the timer as Asio's condition variable: it never expires, and is cancelled when the result is there.
  Task<std::uint64_t> offload(Work work);
  // What is handed over comes back through the loop; a channel with room, or with a taker, is not waited for.
  Task<bool> put(Parcel parcel);
  Task<std::optional<Parcel>> get();
  void hang_up() { loop_.hang_up(); }
  void send_to(std::uint16_t port, Octets bytes) { datagrams_->datagrams().send_to(port, bytes); }
  auto receive_within(nanoseconds limit) {
    return boost::asio::async_initiate<const boost::asio::deferred_t, void(Datagram)>(
        [lane = datagrams_.get()](auto&& handler, nanoseconds within) {
          lane->receive_within(within, std::forward<decltype(handler)>(handler));
        },
        boost::asio::deferred, limit);
  }
  auto exchange_within(std::uint16_t port, Octets bytes, nanoseconds limit) {
    return boost::asio::async_initiate<const boost::asio::deferred_t, void(Datagram)>(
        [lane = datagrams_.get()](auto&& handler, std::uint16_t to, Octets message, nanoseconds within) {
          lane->exchange_within(to, message, within, std::forward<decltype(handler)>(handler));
        },
        boost::asio::deferred, port, bytes, limit);
  }

 protected:
  AsioLoop& loop() { return loop_; }
  void retire_datagrams() {
    if (datagrams_) datagrams_->retire();
  }

 private:
  AsioLoop& loop_;
  AsioTimer timer_;
  std::unique_ptr<AsioDatagramLane> datagrams_;
  std::uint64_t result_ = 0;
};

}  // namespace interleave
