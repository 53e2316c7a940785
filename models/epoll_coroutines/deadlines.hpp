// Deadlines that all but always come to nothing: set for each exchange, looked at once in a while.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "harness/numbers/clock.hpp"
#include "models/epoll_coroutines/timers.hpp"

namespace interleave {

// Something whose deadline the loop checks.
class Deadlined {
 public:
  // Answers the coroutine that can go on; none if there is none.
  virtual std::coroutine_handle<> check_deadline(std::int64_t now_ns) = 0;

 protected:
  ~Deadlined() = default;
};

// The checks to come, of one loop. Times are CLOCK_MONOTONIC nanoseconds.
class Deadlines {
 public:
  void check_at(std::int64_t due_ns, Deadlined& deadlined) { checks_.emplace(due_ns, &deadlined); }
  std::int64_t next_ns() const noexcept { return checks_.empty() ? Timers::kNever : checks_.top().first; }

  // Makes the checks that are due at `now_ns`, and calls resume(coroutine) for each coroutine that can go on.
  template <class Resume>
  void check(std::int64_t now_ns, Resume& resume) {
    while (next_ns() <= now_ns) {
      Deadlined* const deadlined = checks_.top().second;
      checks_.pop();
      if (const auto waiter = deadlined->check_deadline(now_ns)) resume(waiter);
    }
  }

 private:
  using Check = std::pair<std::int64_t, Deadlined*>;
  std::priority_queue<Check, std::vector<Check>, std::greater<>> checks_;
};

// The deadline of whatever one connection does. Its check is set up once and stays while exchanges come and go in time;
// when it comes before the deadline of the one then under way, it is set up anew. So a run of quick replies costs no
// heap operation an item, but one a limit.
class Deadline {
 public:
  Deadline(Deadlines& deadlines, Deadlined& owner) noexcept : deadlines_(deadlines), owner_(owner) {}

  // `limit` from now; 0: none.
  void set(std::chrono::nanoseconds limit) {
    due_ns_ = limit.count() > 0 ? now_ns() + limit.count() : Timers::kNever;
    check_later();
  }
  void clear() noexcept { due_ns_ = Timers::kNever; }

  // For check_deadline(): whether it has passed, and has not been cleared.
  bool passed(std::int64_t now) {
    if (check_ns_ > now) return false;  // this check was replaced by a later one
    check_ns_ = Timers::kNever;
    if (due_ns_ <= now) return true;
    check_later();
    return false;
  }

 private:
  void check_later() {
    if (due_ns_ >= check_ns_) return;
    check_ns_ = due_ns_;
    deadlines_.check_at(due_ns_, owner_);
  }
  Deadlines& deadlines_;
  Deadlined& owner_;
  std::int64_t due_ns_ = Timers::kNever;
  std::int64_t check_ns_ = Timers::kNever;  // never later than due_ns_
};

}  // namespace interleave
