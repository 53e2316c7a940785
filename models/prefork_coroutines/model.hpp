// prefork_coroutines: a process for each core, each with a readiness loop and lanes of its own; tape and item counter
// are shared. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "harness/worker/limits.hpp"
#include "harness/worker/model.hpp"
#include "harness/worker/shared_pages.hpp"
#include "models/epoll_coroutines/connection.hpp"
#include "models/epoll_coroutines/lane.hpp"
#include "models/loop_per_core/share.hpp"

namespace interleave {

class PreforkCoroutines {
 public:
  using Lane = LoopLane<EpollConnection>;

  static Description describe() {
    return {.name = "prefork_coroutines",
            .family = Family::coroutines,
            .library = "none: C++20 coroutines by hand, POSIX fork",
            .back_end = "epoll",
            .threads = "cores + 1 processes of 1",
            .counterparts = {"loop_per_core"}};
  }
  static Claims claims(const Load& load) {
    return {.threads = loops_for(load) + 1, .processes = loops_for(load) + 1, .loops = loops_for(load)};
  }
  static std::optional<std::string> refusal(const Load& load) {
    return process_limit(std::uint64_t{loops_for(load)} + 1, kMemoryEach);
  }

  // Forks while this thread is the only one that holds anything, and returns when every process has its loop and waits
  // for the run. `load` and its tape must be those of for_each_item: the children have them at the same addresses.
  PreforkCoroutines(const Load& load, std::vector<Socket> sockets)
      : load_(load), pages_(sizeof(Next), "item counter"), next_(new(pages_.data()) Next(0)) {
    std::fflush(nullptr);  // or each child would print what is still in the buffers
    const pid_t parent = getpid();
    try {
      for (std::uint32_t i = 0; i < loops_for(load); ++i) fork_one(parent, i, sockets);
      for (const Child& child : children_) await(child);
    } catch (...) {
      end_all();
      throw;
    }
  }
  ~PreforkCoroutines() { end_all(); }

  // The calling process waits.
  void for_each_item(const Load& load, CoroutineBody<Lane> body) {
    if (&load != &load_) throw std::logic_error("the load is not the one the processes were forked with");
    for (const Child& child : children_) {
      if (::send(child.line.get(), &body, sizeof body, MSG_NOSIGNAL) < 0) await(child);
    }
    for (const Child& child : children_) await(child);
  }

 private:
  using Next = std::atomic<std::uint32_t>;
  static_assert(Next::is_always_lock_free);
  struct Child {
    pid_t pid;
    Socket line;  // it tells a byte when it is ready and when its items are over; its end is the child's
  };

  void fork_one(pid_t parent, std::uint32_t index, std::vector<Socket>& sockets) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
      throw std::system_error(errno, std::generic_category(), "socketpair to a process");
    }
    Socket mine(ends[0]), its(ends[1]);
    const pid_t child = fork();
    if (child < 0)
      throw std::system_error(errno, std::generic_category(), "fork of process " + std::to_string(index + 1));
    if (child == 0) {
      mine = Socket();
      children_.clear();
      work(parent, index, its, std::move(sockets));
    }
    for (Socket& socket : Share(load_, index).sockets_of(sockets))
      socket = Socket();  // the child's alone: what it closes is closed
    children_.push_back({child, std::move(mine)});
  }

  // A child's whole life. It waits on after its last item, so that processes can be counted and clocks read, until it
  // is killed.
  [[noreturn]] void work(pid_t parent, std::uint32_t index, const Socket& line, std::vector<Socket> sockets) const try {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);  // it died before the line above
    const Share share(load_, index);
    LoopLanes<EpollConnection> lanes(load_, share.sockets_of(sockets), share.lanes);
    sockets.clear();
    load_.tape->touch(loops_for(load_));
    tell(line);
    CoroutineBody<Lane> body = nullptr;
    if (::recv(line.get(), &body, sizeof body, MSG_WAITALL) != sizeof body) _exit(0);
    lanes.run(load_, body, *next_);
    tell(line);
    for (;;) pause();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "prefork_coroutines: process %d: %s\n", getpid(), error.what());
    _exit(1);
  }
  static void tell(const Socket& line) {
    if (::send(line.get(), "", 1, MSG_NOSIGNAL) != 1) _exit(1);
  }

  // Waits for a byte. A child that died told its end instead; the others need nothing of it and come to theirs.
  static void await(const Child& child) {
    char byte;
    ssize_t n;
    while ((n = ::recv(child.line.get(), &byte, 1, 0)) < 0 && errno == EINTR) {
    }
    if (n == 1) return;
    siginfo_t dead{};
    waitid(P_PID, static_cast<id_t>(child.pid), &dead, WEXITED | WNOWAIT);
    const bool exited = dead.si_code == CLD_EXITED;
    throw std::runtime_error("process " + std::to_string(child.pid) +
                             (exited ? " exited with status " + std::to_string(dead.si_status)
                                     : std::string(" was ended by signal ") + strsignal(dead.si_status)));
  }

  void end_all() {
    for (const Child& child : children_) kill(child.pid, SIGKILL);
    for (const Child& child : children_) {
      while (waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
  }

  static constexpr std::uint64_t kMemoryEach = 1024 * 1024;  // page tables, stack, the heap's dirtied pages
  const Load& load_;
  SharedPages pages_;
  Next* next_;
  std::vector<Child> children_;
};

static_assert(CoroutineModel<PreforkCoroutines>);
static_assert(CoroutineDeadline<PreforkCoroutines::Lane>);
static_assert(CoroutineOffload<PreforkCoroutines::Lane>);
static_assert(CoroutineDatagrams<PreforkCoroutines::Lane>);

}  // namespace interleave
