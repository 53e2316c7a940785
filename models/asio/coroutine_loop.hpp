// Admission on one Boost.Asio loop for lanes that are awaited: one coroutine a lane takes the next item when it is
// free. SPDX-License-Identifier: Apache-2.0
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
#include "models/asio/loop.hpp"

namespace interleave {

// A Lane is made of (AsioLoop&, port, Socket), and has retire(), called once after its last item.
template <CoroutineLane Lane>
class AsioCoroutineLoop {
 public:
  AsioCoroutineLoop(const Load& load, std::vector<Socket> sockets) : loop_(load, load.in_flight) {
    sockets.resize(load.in_flight);
    for (Socket& socket : sockets) lanes_.emplace_back(loop_, load.port, std::move(socket));
  }

  // Lanes are spawned from inside the loop, where a new coroutine starts at once instead of being queued first.
  void for_each_item(const Load& load, CoroutineBody<Lane> body) {
    boost::asio::post(loop_.io(), [&] {
      for (Lane& lane : lanes_) boost::asio::co_spawn(loop_.io(), drive(lane, load, body), boost::asio::detached);
    });
    loop_.run();
  }

 private:
  TaskOf<Lane, void> drive(Lane& lane, const Load& load, CoroutineBody<Lane> body) {
    while (next_ < load.items) {
      TaskOf<Lane, ItemResult> task = body(lane, load, next_++);
      const ItemResult result = co_await std::move(task);
      load.tape->finish(result);
    }
    lane.retire();
    loop_.leave();
  }

  AsioLoop loop_;
  std::deque<Lane> lanes_;  // after loop_: lanes go first
  std::uint32_t next_ = 0;
};

}  // namespace interleave
