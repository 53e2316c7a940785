// process_pool: one forked process a lane, each in blocking calls; only the tape and one counter are shared.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <semaphore.h>

#include <atomic>
#include <cstdio>
#include <ctime>
#include <new>
#include <stdexcept>

#include "harness/worker/blocking_lane.hpp"
#include "harness/worker/capabilities.hpp"
#include "harness/worker/limits.hpp"
#include "harness/worker/model.hpp"
#include "harness/worker/shared_pages.hpp"
#include "models/processes/child.hpp"

namespace interleave {

class ProcessPool {
 public:
  using Lane = SocketLane;

  static Description describe() {
    return {.name = "process_pool",
            .family = Family::processes,
            .library = "POSIX fork",
            .back_end = "blocking calls",
            .threads = "in_flight + 1 processes of 1",
            .bears_family = true,
            .counterparts = {"thread_pool"}};
  }
  static Claims claims(const Load& load) {
    return {.threads = load.in_flight + 1, .processes = load.in_flight + 1, .loops = 0};
  }
  static std::optional<std::string> refusal(const Load& load) {
    return process_limit(std::uint64_t{load.in_flight} + 1, kProcessMemory);
  }

  // Forks while this program has one thread. `load` and the tape must be those of for_each_item: the children have them
  // at the same addresses.
  ProcessPool(const Load& load, std::vector<Socket> sockets) : load_(&load) {
    for (sem_t* semaphore : {&shared_->ready, &shared_->go, &shared_->over}) sem_init(semaphore, 1, 0);
    sockets.resize(load.in_flight);
    try {
      for (std::uint32_t i = 0; i < load.in_flight; ++i) {
        const pid_t child = fork_child();
        if (child == 0) work(i, sockets);
        children_.push_back(child);
        sockets[i] = Socket();  // the child's alone, so that closing it there ends the connection
      }
      for (std::uint32_t i = 0; i < load.in_flight; ++i) await(shared_->ready);
    } catch (...) {
      end_all();
      throw;
    }
  }
  ProcessPool(const ProcessPool&) = delete;
  ProcessPool& operator=(const ProcessPool&) = delete;
  ~ProcessPool() { end_all(); }

  void for_each_item(const Load& load, BlockingBody<Lane> body) {
    if (&load != load_) throw std::logic_error("process_pool: the load is not the one the processes were forked with");
    shared_->body = body;
    for (std::size_t i = 0; i < children_.size(); ++i) sem_post(&shared_->go);
    await(shared_->over);
  }

 private:
  struct Shared {
    sem_t ready, go, over;  // posted once a child; once a child; by the last child
    BlockingBody<Lane> body = nullptr;
    alignas(64) std::atomic<std::uint32_t> next{0};
    alignas(64) std::atomic<std::uint32_t> ended{0};
  };

  // A child's whole life. It waits on after its last item, so that its clock can be read, until it is killed.
  [[noreturn]] void work(std::uint32_t index, std::vector<Socket>& sockets) const try {
    Lane lane(*load_, std::move(sockets[index]));
    sockets.clear();
    load_->tape->touch(load_->in_flight);
    sem_post(&shared_->ready);
    while (sem_wait(&shared_->go) != 0) {
    }
    for (std::uint32_t item; (item = shared_->next.fetch_add(1, std::memory_order_relaxed)) < load_->items;) {
      shared_->body(lane, *load_, item);
    }
    if (shared_->ended.fetch_add(1) + 1 == load_->in_flight) sem_post(&shared_->over);
    for (;;) pause();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "process_pool: worker process %d: %s\n", getpid(), error.what());
    _exit(1);
  }

  // Waits for the semaphore, and looks now and then whether a child has died, which nobody would post.
  void await(sem_t& semaphore) {
    for (;;) {
      timespec until{};
      clock_gettime(CLOCK_MONOTONIC, &until);
      until.tv_sec += 1;
      if (sem_clockwait(&semaphore, CLOCK_MONOTONIC, &until) == 0) return;
      int status = 0;
      const pid_t dead = waitpid(-1, &status, WNOHANG);
      if (dead <= 0) continue;
      std::erase(children_, dead);
      throw std::runtime_error(how_it_ended(dead, status));
    }
  }

  void end_all() {
    for (const pid_t child : children_) kill(child, SIGKILL);
    for (const pid_t child : children_) waitpid(child, nullptr, 0);
    children_.clear();
  }

  const Load* load_;
  SharedPages pages_{sizeof(Shared), "memory shared with the worker processes"};
  Shared* shared_ = new (pages_.data()) Shared;
  std::vector<pid_t> children_;
};

static_assert(BlockingModel<ProcessPool>);
static_assert(BlockingDeadline<ProcessPool::Lane>);
static_assert(BlockingOffload<ProcessPool::Lane>);
static_assert(BlockingQueue<ProcessPool::Lane>);
static_assert(BlockingDatagrams<ProcessPool::Lane>);

}  // namespace interleave
