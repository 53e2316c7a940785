// thread_per_item: every item gets a thread of its own, which ends with it; at most in_flight live at once.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "harness/worker/arrival.hpp"
#include "harness/worker/blocking_lane.hpp"
#include "harness/worker/capabilities.hpp"
#include "harness/worker/limits.hpp"
#include "harness/worker/model.hpp"
#include "models/threads/stacks.hpp"

namespace interleave {

class ThreadPerItem {
 public:
  using Lane = SocketLane;

  static Description describe() {
    return {.name = "thread_per_item",
            .family = Family::threads,
            .library = "std::thread",
            .back_end = "blocking calls",
            .threads = "in_flight + 1",
            .counterparts = {"thread_pool"}};
  }
  static Claims claims(const Load& load) {
    return {.threads = load.in_flight + 1, .processes = 1, .come_and_go = true};
  }
  static std::optional<std::string> refusal(const Load& load) {
    return thread_limit(std::uint64_t{load.in_flight} + 1);
  }

  ThreadPerItem(const Load& load, std::vector<Socket> sockets) : threads_(load.in_flight) {
    use_small_stacks();
    sockets.resize(load.in_flight);
    lanes_.reserve(load.in_flight);
    for (Socket& socket : sockets) lanes_.emplace_back(load, std::move(socket));
  }

  // The calling thread only starts threads and waits for one to end. The one before is joined before the next is
  // started on its lane, so there are never more than in_flight.
  void for_each_item(const Load& load, BlockingBody<Lane> body) {
    for (std::uint32_t item = 0; item < load.items; ++item) {
      const std::size_t place = item < threads_.size() ? item : next_free();
      await_arrival(load, item);
      threads_[place] = std::thread([this, &load, body, item, place] {
        body(lanes_[place], load, item);
        give_back(place);
      });
    }
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

 private:
  void give_back(std::size_t place) {
    const std::lock_guard lock(mutex_);
    free_.push_back(place);
    one_is_free_.notify_one();
  }
  std::size_t next_free() {
    std::unique_lock lock(mutex_);
    one_is_free_.wait(lock, [this] { return !free_.empty(); });
    const std::size_t place = free_.back();
    free_.pop_back();
    lock.unlock();
    threads_[place].join();
    return place;
  }

  std::vector<Lane> lanes_;
  std::vector<std::thread> threads_;  // one a lane, the last that ran there
  std::mutex mutex_;
  std::condition_variable one_is_free_;
  std::vector<std::size_t> free_;
};

static_assert(BlockingModel<ThreadPerItem>);
static_assert(BlockingDeadline<ThreadPerItem::Lane>);
static_assert(BlockingOffload<ThreadPerItem::Lane>);

}  // namespace interleave
