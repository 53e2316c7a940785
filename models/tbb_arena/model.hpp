// tbb_arena: one oneTBB task a lane in an arena of in_flight slots, each in blocking calls.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/version.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "harness/worker/blocking_lane.hpp"
#include "harness/worker/capabilities.hpp"
#include "harness/worker/limits.hpp"
#include "harness/worker/model.hpp"
#include "models/tbb_arena/queue.hpp"

namespace interleave {

// A lane in blocking calls whose queue is oneTBB's.
class TbbLane : public SocketLane {
 public:
  TbbLane(const Load& load, Socket socket, TbbQueue* queue) : SocketLane(load, std::move(socket)), queue_(queue) {}
  bool put(Parcel parcel) { return queue_->put(parcel); }
  std::optional<Parcel> get() { return queue_->get(); }
  void hang_up() { queue_->hang_up(); }

 private:
  TbbQueue* queue_;  // none where the load hands nothing over
};

class TbbArena {
 public:
  using Lane = TbbLane;

  static Description describe() {
    return {.name = "tbb_arena",
            .family = Family::threads,
            .library = std::string("oneTBB ") + TBB_runtime_version(),
            .back_end = "blocking calls",
            .threads = "in_flight + 1",
            .counterparts = {"thread_pool"}};
  }
  static Claims claims(const Load& load) { return {.threads = load.in_flight + 1, .processes = 1, .loops = 0}; }
  static std::optional<std::string> refusal(const Load& load) {
    if (load.in_flight <= kMostThreads) return thread_limit(std::uint64_t{load.in_flight} + 1);
    return "more than " + std::to_string(kMostThreads) +
           " threads of oneTBB spend the machine on looking for tasks; in_flight asks for " +
           std::to_string(load.in_flight);
  }

  // Returns when in_flight tasks have been under way at once, which is when TBB has all its threads.
  TbbArena(const Load& load, std::vector<Socket> sockets)
      : parallelism_(tbb::global_control::max_allowed_parallelism, load.in_flight + 1),
        stack_(tbb::global_control::thread_stack_size, kStack),
        arena_(static_cast<int>(load.in_flight), 0) {
    sockets.resize(load.in_flight);
    if (load.queue != nullptr) queue_.emplace(*load.queue, load.in_flight - load.queue->producers());
    lanes_.reserve(load.in_flight);
    for (Socket& socket : sockets) lanes_.emplace_back(load, std::move(socket), queue_ ? &*queue_ : nullptr);
    meet();
  }

  void for_each_item(const Load& load, BlockingBody<Lane> body) {
    alignas(64) std::atomic<std::uint32_t> next{0};
    on_each_lane([&](Lane& lane) {
      for (std::uint32_t item; (item = next.fetch_add(1, std::memory_order_relaxed)) < load.items;)
        body(lane, load, item);
    });
  }

 private:
  // One task a lane; returns when all are over. Enqueued, not spawned: idle threads find the arena's queue at once, but
  // the deque of one spawning thread only by picking victims at random, which took a second for 500 threads.
  template <class Job>
  void on_each_lane(Job job) {
    std::latch over(static_cast<std::ptrdiff_t>(lanes_.size()));
    for (Lane& lane : lanes_) {
      arena_.enqueue([&] {
        job(lane);
        over.count_down();
      });
    }
    over.wait();
  }

  // Holds every task until all are there.
  void meet() {
    std::mutex mutex;
    std::condition_variable all_here;
    std::size_t missing = lanes_.size();
    const auto latest = std::chrono::steady_clock::now() + kPatience;
    on_each_lane([&](Lane&) {
      std::unique_lock lock(mutex);
      if (--missing == 0) all_here.notify_all();
      all_here.wait_until(lock, latest, [&] { return missing == 0; });
    });
    if (std::chrono::steady_clock::now() < latest) return;
    throw std::runtime_error("oneTBB did not run " + std::to_string(lanes_.size()) + " tasks at once");
  }

  // Each idle thread looks through all slots before it sleeps: with 10,000 the load average went beyond 1,000.
  static constexpr std::uint32_t kMostThreads = 1024;
  static constexpr std::size_t kStack = 256 * 1024;
  static constexpr std::chrono::seconds kPatience{30};
  tbb::global_control parallelism_;  // TBB would not run more threads than the machine has cores
  tbb::global_control stack_;
  std::optional<TbbQueue> queue_;
  std::vector<Lane> lanes_;
  tbb::task_arena arena_;
};

static_assert(BlockingModel<TbbArena>);
static_assert(BlockingDeadline<TbbArena::Lane>);
static_assert(BlockingOffload<TbbArena::Lane>);
static_assert(BlockingQueue<TbbArena::Lane>);

}  // namespace interleave
