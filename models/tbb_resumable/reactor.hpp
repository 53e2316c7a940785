// The thread that waits for everything: sockets by epoll, times by one timerfd; it resumes suspended oneTBB tasks and
// runs none. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <oneapi/tbb/task.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "harness/numbers/clock.hpp"
#include "harness/worker/socket.hpp"

namespace interleave {

// One suspended task; a lane has one place for it. Whoever takes the tag, socket or time, resumes the task.
struct Suspended {
  std::atomic<tbb::task::suspend_point> tag{nullptr};
  int error = 0;  // why there is nothing to wait for; under the reactor's mutex
  void resume() {
    if (const auto taken = tag.exchange(nullptr)) tbb::task::resume(taken);
  }
};

class Reactor {
 public:
  static constexpr std::int64_t kNever = INT64_MAX;

  Reactor()
      : epoll_(epoll_create1(EPOLL_CLOEXEC)), timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
    if (!epoll_ || !timer_) throw std::system_error(errno, std::generic_category(), "epoll and timerfd");
    epoll_event event{EPOLLIN, {.ptr = nullptr}};
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), &event) != 0)
      throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    thread_ = std::thread([this] { serve(); });
  }
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;
  ~Reactor() {
    over_ = true;
    {
      const std::lock_guard lock(mutex_);
      wake_at(now_ns());
    }
    thread_.join();
  }

  // Suspends the calling task until `fd` is readable (-1: none) or `due_ns` has come; may also return sooner, so look
  // again. Called on a thread of the arena, returns on any of them. Throws std::system_error where fd cannot be
  // watched.
  void wait(Suspended& suspended, int fd, std::int64_t due_ns) {
    const Key key(due_ns, &suspended);
    tbb::task::suspend([this, key, fd](tbb::task::suspend_point tag) { leave_tag(tag, key, fd); });
    const std::lock_guard lock(mutex_);  // whoever resumed this may have been faster than leave_tag()
    times_.erase(key);
    if (const int error = std::exchange(suspended.error, 0))
      throw std::system_error(error, std::generic_category(), "epoll_ctl");
  }

 private:
  using Key = std::pair<std::int64_t, Suspended*>;

  // Once the tag is told the task may run again, on another thread: it waits for the mutex before it leaves its frame,
  // and before it can close `fd`, whose number the next connection may get. So nothing here may outlive the lock.
  void leave_tag(tbb::task::suspend_point tag, Key key, int fd) {
    const std::lock_guard lock(mutex_);
    Suspended& suspended = *key.second;
    suspended.tag = tag;
    if (key.first != kNever) add(key);
    if (fd < 0 || listen(fd, suspended)) return;
    suspended.error = errno;
    suspended.resume();
  }
  void add(const Key& key) {
    times_.insert(key);
    if (key.first < armed_ns_) wake_at(key.first);
  }
  // One event for each wait. A socket is new to epoll only once; closing it is enough to be forgotten.
  bool listen(int fd, Suspended& suspended) {
    epoll_event event{EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, {.ptr = &suspended}};
    return epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0 ||
           epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
  }
  // The timer is left as it is where it fires too soon: it then finds nothing due, and is set for what is next.
  void wake_at(std::int64_t due_ns) {
    armed_ns_ = due_ns;
    const itimerspec when{{0, 0}, {due_ns / 1'000'000'000, due_ns % 1'000'000'000}};
    timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
  }

  void serve() {
    std::array<epoll_event, 256> events;
    while (!over_) {
      const int n = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
      if (n < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "epoll_wait");
      for (int i = 0; i < n; ++i) {
        auto* const suspended = static_cast<Suspended*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (suspended != nullptr) suspended->resume();
        else resume_due();
      }
    }
  }
  void resume_due() {
    std::uint64_t expirations = 0;
    if (::read(timer_.get(), &expirations, sizeof expirations) < 0) return;  // set anew meanwhile
    const std::lock_guard lock(mutex_);
    const std::int64_t now = now_ns();
    while (!times_.empty() && times_.begin()->first <= now) {
      Suspended* const due = times_.begin()->second;
      times_.erase(times_.begin());
      due->resume();
    }
    armed_ns_ = kNever;
    if (!times_.empty()) wake_at(times_.begin()->first);
  }

  Socket epoll_, timer_;  // descriptors that close themselves
  std::mutex mutex_;
  std::set<Key> times_;
  std::int64_t armed_ns_ = kNever;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace interleave
