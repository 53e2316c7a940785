// loop_per_core: a thread for each core, each with a readiness loop and lanes of its own; only the item counter is
// shared. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <exception>
#include <latch>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "harness/worker/limits.hpp"
#include "harness/worker/model.hpp"
#include "models/epoll_coroutines/connection.hpp"
#include "models/epoll_coroutines/lane.hpp"
#include "models/loop_per_core/share.hpp"

namespace interleave {

class LoopPerCore {
 public:
  using Lane = LoopLane<EpollConnection>;

  static Description describe() {
    return {.name = "loop_per_core",
            .family = Family::coroutines,
            .library = "none: C++20 coroutines by hand, std::jthread",
            .back_end = "epoll",
            .threads = "cores + 1"};
  }
  static Claims claims(const Load& load) {
    return {.threads = loops_for(load) + 1, .processes = 1, .loops = loops_for(load)};
  }
  static std::optional<std::string> refusal(const Load& load) {
    return thread_limit(std::uint64_t{loops_for(load)} + 1);
  }

  // Returns when every thread is there and waits for the run.
  LoopPerCore(const Load& load, std::vector<Socket> sockets) : here_(loops_for(load)), over_(loops_for(load)) {
    for (std::uint32_t i = 0; i < loops_for(load); ++i) {
      const Share share(load, i);
      loops_.emplace_back(load, share.sockets_of(sockets), share.lanes);
    }
    try {
      for (Core& core : loops_) threads_.emplace_back([this, &core] { work(core); });
    } catch (...) {
      release();
      throw;
    }
    here_.wait();
  }
  ~LoopPerCore() { release(); }

  // The calling thread waits.
  void for_each_item(const Load& load, CoroutineBody<Lane> body) {
    load_ = &load;
    body_ = body;
    go_.count_down();
    over_.wait();
    for (const Core& core : loops_) {
      if (core.failure) std::rethrow_exception(core.failure);
    }
  }

 private:
  struct Core {
    Core(const Load& load, std::span<Socket> sockets, std::uint32_t count) : lanes(load, sockets, count) {}
    LoopLanes<EpollConnection> lanes;
    std::exception_ptr failure;
  };

  // A thread's whole life. It waits on after its last item, so that threads can be counted and clocks read.
  void work(Core& core) {
    here_.count_down();
    go_.wait();
    if (load_ == nullptr) return;
    try {
      core.lanes.run(*load_, body_, next_);
    } catch (...) {
      core.failure = std::current_exception();
    }
    over_.count_down();
    leave_.wait();
  }
  void release() {
    if (load_ == nullptr) go_.count_down();
    leave_.count_down();
  }

  const Load* load_ = nullptr;
  CoroutineBody<Lane> body_ = nullptr;
  alignas(64) std::atomic<std::uint32_t> next_{0};
  alignas(64) std::latch here_;
  std::latch go_{1}, over_, leave_{1};
  std::deque<Core> loops_;
  std::vector<std::jthread> threads_;  // joined first
};

static_assert(CoroutineModel<LoopPerCore>);
static_assert(CoroutineDeadline<LoopPerCore::Lane>);
static_assert(CoroutineOffload<LoopPerCore::Lane>);
static_assert(CoroutineDatagrams<LoopPerCore::Lane>);

}  // namespace interleave
