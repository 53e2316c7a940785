// process_pool: one forked process a lane, each in blocking calls; only the tape and one counter are shared.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "harness/worker/blocking_lane.hpp"
#include "harness/worker/capabilities.hpp"
#include "harness/worker/limits.hpp"
#include "harness/worker/model.hpp"

namespace interleave {

class ProcessPool {
 public:
  using Lane = SocketLane;

  static Description describe() { return {"process_pool", "POSIX fork", "blocking calls", "in_flight + 1 processes of 1"}; }
  static Claims claims(const Load& load) { return {load.in_flight + 1, load.in_flight + 1, 0}; }
  static std::optional<std::string> refusal(const Load& load) {
    return process_limit(std::uint64_t{load.in_flight} + 1, kMemoryEach);
  }

  // Forks while this program has one thread. `load` and the tape must be those of for_each_item: the children have them
  // at the same addresses.
  ProcessPool(const Load& load, std::vector<Socket> sockets) : load_(&load), shared_(map_shared()) {
    sockets.resize(load.in_flight);
    std::fflush(nullptr);  // or each child would print what is still in the buffers
    const pid_t parent = getpid();
    for (std::uint32_t i = 0; i < load.in_flight; ++i) {
      const pid_t child = fork();
      if (child == 0) work(parent, i, sockets);
      if (child < 0) {
        const int error = errno;
        end_all();
        throw std::system_error(error, std::generic_category(), "fork of worker process " + std::to_string(i + 1));
      }
      children_.push_back(child);
      sockets[i] = Socket();  // the child's alone, so that closing it there ends the connection
    }
    for (std::uint32_t i = 0; i < load.in_flight; ++i) await(shared_->ready);
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

  static Shared* map_shared() {
    void* const memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "memory shared with the processes");
    Shared* const shared = new (memory) Shared;
    for (sem_t* semaphore : {&shared->ready, &shared->go, &shared->over}) sem_init(semaphore, 1, 0);
    return shared;
  }

  // A child's whole life. It waits on after its last item, so that its clock can be read, until it is killed.
  [[noreturn]] void work(pid_t parent, std::uint32_t index, std::vector<Socket>& sockets) const try {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);  // it died before the line above
    Lane lane(*load_, std::move(sockets[index]));
    sockets.clear();
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
  void await(sem_t& semaphore) const {
    for (;;) {
      timespec until{};
      clock_gettime(CLOCK_MONOTONIC, &until);
      until.tv_sec += 1;
      if (sem_clockwait(&semaphore, CLOCK_MONOTONIC, &until) == 0) return;
      siginfo_t dead{};
      if (waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT) != 0 || dead.si_pid == 0) continue;
      const bool exited = dead.si_code == CLD_EXITED;
      throw std::runtime_error("worker process " + std::to_string(dead.si_pid) +
                               (exited ? " exited with status " + std::to_string(dead.si_status)
                                       : std::string(" was ended by signal ") + strsignal(dead.si_status)));
    }
  }

  void end_all() {
    for (const pid_t child : children_) kill(child, SIGKILL);
    for (const pid_t child : children_) waitpid(child, nullptr, 0);
    children_.clear();
    munmap(shared_, sizeof(Shared));
  }

  static constexpr std::uint64_t kMemoryEach = 512 * 1024;  // page tables, stack, the heap's dirtied pages, a reader
  const Load* load_;
  Shared* shared_;
  std::vector<pid_t> children_;  // none of them reaped before the end
};

static_assert(BlockingModel<ProcessPool>);
static_assert(BlockingDeadline<ProcessPool::Lane>);
static_assert(BlockingOffload<ProcessPool::Lane>);

}  // namespace interleave
