// The event loop, by hand: wait until some socket is ready or some time has come, and say which coroutines can go on.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <coroutine>
#include <cstdint>
#include <ctime>
#include <functional>
#include <queue>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/http/clock.hpp"
#include "harness/worker/loop_lag.hpp"
#include "harness/worker/offload.hpp"
#include "harness/worker/socket.hpp"
#include "models/epoll_coroutines/timers.hpp"

namespace interleave {

// Something that waits for a descriptor, and perhaps not for ever. Both calls come from turn(), on the loop's thread, and
// answer the coroutine that can go on; none if it must wait on.
class Waiting {
 public:
  virtual std::coroutine_handle<> ready(std::uint32_t events) = 0;
  virtual std::coroutine_handle<> check_deadline(std::int64_t now_ns) = 0;

 protected:
  ~Waiting() = default;
};

class EpollLoop {
 public:
  // Throws std::system_error.
  explicit EpollLoop(const Load& load) : epoll_(epoll_create1(EPOLL_CLOEXEC)), offload_(load), heartbeat_(load) {
    if (!epoll_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
    if (!offload_.is_inline()) watch(offload_.fd(), EPOLLIN, nullptr);
  }

  // Edge-triggered and for both directions, so that a connection costs one epoll_ctl in its life: `waiting` is told of changes
  // only, and asks again itself where there may be more. Closing the descriptor ends it. Throws std::system_error.
  void watch(int fd, Waiting& waiting) { watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, &waiting); }

  Timers& timers() noexcept { return timers_; }
  OffloadPort& offload_port() noexcept { return offload_; }

  // Calls waiting.check_deadline() once, not before due_ns.
  void check_at(std::int64_t due_ns, Waiting& waiting) { deadlines_.emplace(due_ns, &waiting); }

  void starts() noexcept { heartbeat_.restart(); }
  void ends() noexcept { heartbeat_.beat(); }

  // Waits for what comes first, and calls resume(coroutine) for each that can go on. Descriptors go first: a reply that
  // has arrived beats its deadline.
  template <class Resume>
  void turn(Resume resume) {
    const std::size_t ready = wait_until(next_ns());
    for (std::size_t i = 0; i < ready; ++i) {
      Waiting* const waiting = static_cast<Waiting*>(events_[i].data.ptr);
      if (waiting == nullptr) offload_.drain();
      else if (const auto waiter = waiting->ready(events_[i].events)) resume(waiter);
    }
    if (next_ns() == Timers::kNever) return;
    const std::int64_t now = now_ns();
    if (heartbeat_ && heartbeat_.next_ns() <= now) heartbeat_.beat();
    timers_.wake(now, resume);
    while (!deadlines_.empty() && deadlines_.top().first <= now) {
      Waiting* const waiting = deadlines_.top().second;
      deadlines_.pop();
      if (const auto waiter = waiting->check_deadline(now)) resume(waiter);
    }
  }

 private:
  void watch(int fd, std::uint32_t events, Waiting* waiting) {
    epoll_event event{events, {.ptr = waiting}};
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
      throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
  }

  std::int64_t next_ns() const noexcept {
    const std::int64_t deadline = deadlines_.empty() ? Timers::kNever : deadlines_.top().first;
    return std::min({timers_.next_ns(), deadline, heartbeat_ ? heartbeat_.next_ns() : Timers::kNever});
  }

  // How many of events_ are ready.
  std::size_t wait_until(std::int64_t due_ns) {
    const std::int64_t left = due_ns == Timers::kNever ? -1 : std::max<std::int64_t>(due_ns - now_ns(), 0);
    int n = has_pwait2_ ? wait_nanoseconds(left) : wait_milliseconds(left);
    if (n < 0 && errno == ENOSYS && has_pwait2_) {
      has_pwait2_ = false;
      n = wait_milliseconds(left);
    }
    if (n < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "epoll_wait");
    return n < 0 ? 0 : static_cast<std::size_t>(n);
  }
  int wait_nanoseconds(std::int64_t left) {
    const timespec time{left / 1'000'000'000, left % 1'000'000'000};
    return epoll_pwait2(epoll_.get(), events_.data(), static_cast<int>(events_.size()), left < 0 ? nullptr : &time, nullptr);
  }
  // Rounded up: a loop that wakes early would spin until the time has come.
  int wait_milliseconds(std::int64_t left) {
    const std::int64_t rounded = std::min<std::int64_t>((left + 999'999) / 1'000'000, 1'000'000);
    return epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), left < 0 ? -1 : static_cast<int>(rounded));
  }

  using Deadline = std::pair<std::int64_t, Waiting*>;
  Socket epoll_;
  bool has_pwait2_ = true;  // Linux 5.11; valgrind lacks it
  std::array<epoll_event, 256> events_;
  Timers timers_;
  std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>> deadlines_;
  OffloadPort offload_;
  Heartbeat heartbeat_;
};

}  // namespace interleave
