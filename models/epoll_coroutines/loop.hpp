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
#include <system_error>

#include "harness/http/reply_reader.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/worker/offload.hpp"
#include "harness/worker/socket.hpp"
#include "models/epoll_coroutines/agenda.hpp"

namespace interleave {

// Something that waits for a descriptor.
class Waiting {
 public:
  // Called from turn(); answers the coroutine that can go on, or none if it must wait on.
  virtual std::coroutine_handle<> ready(std::uint32_t events) = 0;

 protected:
  ~Waiting() = default;
};

class EpollLoop {
 public:
  // Throws std::system_error.
  explicit EpollLoop(const Load& load) : epoll_(epoll_create1(EPOLL_CLOEXEC)), agenda_(load), offload_(load) {
    if (!epoll_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
    if (!offload_.is_inline()) watch(offload_.fd(), EPOLLIN, nullptr);
  }

  // Edge-triggered and for both directions, so that a connection costs one epoll_ctl in its life: `waiting` is told of
  // changes only, and asks again itself where there may be more. Closing the descriptor ends it. Throws
  // std::system_error.
  void watch(int fd, Waiting& waiting) { watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, &waiting); }

  Agenda& agenda() noexcept { return agenda_; }
  OffloadPort& offload_port() noexcept { return offload_; }
  // For whoever is ready: what is in there has been dealt with when the next one gets its turn.
  ReceiveBuffer& receive_buffer() noexcept { return receive_buffer_; }

  // Waits for what comes first, and calls resume(coroutine) for each that can go on.
  template <class Resume>
  void turn(Resume resume) {
    const std::size_t ready = wait_until(agenda_.next_ns());
    const std::int64_t waited_until = now_ns();
    for (std::size_t i = 0; i < ready; ++i) {
      Waiting* const waiting = static_cast<Waiting*>(events_[i].data.ptr);
      if (waiting == nullptr) offload_.drain();
      else if (const auto waiter = waiting->ready(events_[i].events)) resume(waiter);
    }
    agenda_.turn(waited_until, ready < events_.size(), resume);
  }

 private:
  void watch(int fd, std::uint32_t events, Waiting* waiting) {
    epoll_event event{events, {.ptr = waiting}};
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
      throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
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
    return epoll_pwait2(epoll_.get(), events_.data(), static_cast<int>(events_.size()), left < 0 ? nullptr : &time,
                        nullptr);
  }
  // Rounded up: a loop that wakes early would spin until the time has come.
  int wait_milliseconds(std::int64_t left) {
    const std::int64_t rounded = std::min<std::int64_t>((left + 999'999) / 1'000'000, 1'000'000);
    return epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()),
                      left < 0 ? -1 : static_cast<int>(rounded));
  }

  Socket epoll_;
  bool has_pwait2_ = true;  // Linux 5.11; valgrind lacks it
  std::array<epoll_event, 256> events_;
  ReceiveBuffer receive_buffer_;
  Agenda agenda_;
  OffloadPort offload_;
};

}  // namespace interleave
