// Sub-lanes of a lane that blocks: a connection and a thread for each.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <semaphore.h>

#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "harness/worker/blocking_lane.hpp"

namespace interleave {

// A lane whose fetch can be called off. One thread fetches; any thread may cancel.
class SubLane : SocketLane {
 public:
  using SocketLane::offload;  // which nothing can call off
  using SocketLane::SocketLane;

  Reply fetch_within(const Request& request, nanoseconds limit);
  // Wakes the fetch under way, by shutting its connection down; closing it would not wake whoever waits in it, and
  // might hit a descriptor that has another meaning by then. What is fetched from now on until revive() is called off
  // at once.
  void cancel();
  void revive();

 private:
  bool may_begin();
  bool was_cancelled();
  std::mutex mutex_;  // guards what follows
  bool cancelled_ = false;
  bool under_way_ = false;
};

// The sub-lanes of one lane. The first works on the lane's own thread, each of the others on one that it keeps from its
// first fork on, as a pool keeps its threads: an item costs a wake-up for each, and no new thread.
class SubLanes {
 public:
  // `socket`: of the first one; the others connect when they are needed, and anew where they were called off.
  SubLanes(const Load& load, Socket socket);
  ~SubLanes();
  SubLanes(const SubLanes&) = delete;
  SubLanes& operator=(const SubLanes&) = delete;

  // each(sub, k) for each k below n; returns when all are over.
  template <class Each>
  void fork(std::uint32_t n, const Each& each) {
    run(n, {&each, [](const void* that, SubLane& sub, std::uint32_t k) { (*static_cast<const Each*>(that))(sub, k); }});
  }
  // From any thread of a fork.
  void cancel();

 private:
  struct Job {
    const void* each = nullptr;
    void (*call)(const void* each, SubLane& sub, std::uint32_t k) = nullptr;  // null: the thread is to end
  };
  struct Member {
    Member(const Load& load, Socket socket) : sub(load, std::move(socket)) { sem_init(&go, 0, 0); }
    SubLane sub;
    sem_t go;
    std::thread thread;  // of all but the first
  };
  void run(std::uint32_t n, Job job);
  void work(Member& me, std::uint32_t k);

  const Load& load_;
  std::deque<Member> members_;
  Job job_;
  sem_t over_;
};

template <class Each>
void SocketLane::fork(std::uint32_t n, const Each& each) {
  if (!subs_) subs_ = std::make_shared<SubLanes>(*load_, std::move(socket_));
  subs_->fork(n, each);
}

}  // namespace interleave
