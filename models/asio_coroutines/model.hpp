// asio_coroutines: one coroutine a lane on one Boost.Asio loop, with Asio's own awaitable.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <deque>

#include "harness/worker/model.hpp"
#include "models/asio_coroutines/lane.hpp"

namespace interleave {

class AsioCoroutines {
 public:
  using Lane = AsioCoroutineLane;

  static Description describe() {
    return {"asio_coroutines", "Boost.Asio " + asio_version() + " awaitable", kAsioBackEnd, "1"};
  }
  static Claims claims(const Load&) { return {1, 1, 1}; }
  static std::optional<std::string> refusal(const Load&) { return std::nullopt; }

  AsioCoroutines(const Load& load, std::vector<Socket> sockets) : io_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE) {
    sockets.resize(load.in_flight);
    for (Socket& socket : sockets) lanes_.emplace_back(io_, load.port, std::move(socket));
  }

  // Lanes are spawned from inside the loop, where a new coroutine starts at once instead of being queued first.
  void for_each_item(const Load& load, CoroutineBody<Lane> body) {
    boost::asio::post(io_, [&] {
      for (Lane& lane : lanes_) boost::asio::co_spawn(io_.get_executor(), drive(lane, load, body), boost::asio::detached);
    });
    io_.run();
  }

 private:
  Lane::Task<void> drive(Lane& lane, const Load& load, CoroutineBody<Lane> body) {
    while (next_ < load.items) {
      Lane::Task<ItemResult> task = body(lane, load, next_++);
      const ItemResult result = co_await std::move(task);
      load.tape->finish(result);
    }
    lane.retire();
  }

  boost::asio::io_context io_;
  std::deque<Lane> lanes_;  // after io_: lanes go first
  std::uint32_t next_ = 0;
};

static_assert(CoroutineModel<AsioCoroutines>);
static_assert(CoroutineDeadline<AsioCoroutines::Lane>);

}  // namespace interleave
