// thread_pool: one pooled thread a lane, each in blocking calls (Boost.Asio's thread_pool).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/version.hpp>
#include <latch>

#include "harness/worker/blocking_lane.hpp"
#include "harness/worker/capabilities.hpp"
#include "harness/worker/limits.hpp"
#include "harness/worker/model.hpp"
#include "models/threads/stacks.hpp"

namespace interleave {

class ThreadPool {
 public:
  using Lane = SocketLane;

  static Description describe() {
    const std::string version =
        std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000);
    return {.name = "thread_pool",
            .family = Family::threads,
            .library = "Boost.Asio thread_pool " + version,
            .back_end = "blocking calls",
            .threads = "in_flight + 1",
            .bears_family = true,
            .counterparts = {"fibers"}};
  }
  static Claims claims(const Load& load) { return {.threads = load.in_flight + 1, .processes = 1, .loops = 0}; }
  static std::optional<std::string> refusal(const Load& load) {
    return thread_limit(std::uint64_t{load.in_flight} + 1);
  }

  // Makes the threads, and returns when every one of them has run something and waits for work.
  ThreadPool(const Load& load, std::vector<Socket> sockets) : pool_(with_small_stacks(load.in_flight)) {
    sockets.resize(load.in_flight);
    lanes_.reserve(load.in_flight);
    for (Socket& socket : sockets) lanes_.emplace_back(load, std::move(socket));
    std::latch all_here(load.in_flight);
    on_each_lane([&](Lane&) { all_here.arrive_and_wait(); });
  }

  void for_each_item(const Load& load, BlockingBody<Lane> body) {
    alignas(64) std::atomic<std::uint32_t> next{0};
    on_each_lane([&](Lane& lane) {
      for (std::uint32_t item; (item = next.fetch_add(1, std::memory_order_relaxed)) < load.items;)
        body(lane, load, item);
    });
  }

 private:
  // One job a lane; returns when all are over. The threads live on, so that their number and clocks can be read.
  template <class Job>
  void on_each_lane(Job job) {
    std::latch over(static_cast<std::ptrdiff_t>(lanes_.size()));
    for (Lane& lane : lanes_) {
      boost::asio::post(pool_, [&] {
        job(lane);
        over.count_down();
      });
    }
    over.wait();
  }

  // Asio gives its threads the default attributes, so the default is what is set.
  static std::size_t with_small_stacks(std::size_t threads) {
    use_small_stacks();
    return threads;
  }

  std::vector<Lane> lanes_;
  boost::asio::thread_pool pool_;  // joined first
};

static_assert(BlockingModel<ThreadPool>);
static_assert(BlockingDeadline<ThreadPool::Lane>);
static_assert(BlockingOffload<ThreadPool::Lane>);
static_assert(BlockingQueue<ThreadPool::Lane>);
static_assert(BlockingDatagrams<ThreadPool::Lane>);

}  // namespace interleave
