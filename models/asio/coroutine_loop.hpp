// Admission on one Boost.Asio loop for lanes that are awaited: one coroutine a lane takes the next item when it is free.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <utility>
#include <vector>

#include "harness/worker/socket.hpp"
#include "harness/worker/styles.hpp"
#include "models/asio/types.hpp"

namespace interleave {

// A Lane is made of (io_context&, port, Socket), and has retire(), called once after its last item.
template <CoroutineLane Lane>
class AsioCoroutineLoop {
 public:
  // One thread runs the loop and no other touches it: Asio's locks are not taken.
  AsioCoroutineLoop(const Load& load, std::vector<Socket> sockets) : io_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE) {
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
  TaskOf<Lane, void> drive(Lane& lane, const Load& load, CoroutineBody<Lane> body) {
    while (next_ < load.items) {
      TaskOf<Lane, ItemResult> task = body(lane, load, next_++);
      const ItemResult result = co_await std::move(task);
      load.tape->finish(result);
    }
    lane.retire();
  }

  boost::asio::io_context io_;
  std::deque<Lane> lanes_;  // after io_: lanes go first
  std::uint32_t next_ = 0;
};

}  // namespace interleave
