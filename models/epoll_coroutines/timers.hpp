// Who sleeps until when: a sorted list of due times, and for each the sleepers that share it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <coroutine>
#include <cstdint>
#include <limits>
#include <map>

namespace interleave {

// The sleeper's part, inside the frame of the coroutine that sleeps: nothing is allocated for one more at the same
// time.
struct Sleeper {
  std::coroutine_handle<> waiter;
  Sleeper* next = nullptr;
};

// Due times are CLOCK_MONOTONIC nanoseconds. Belongs to one loop's thread.
class Timers {
 public:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  // `sleeper` stays where it is until it is woken.
  void add(std::int64_t due_ns, Sleeper& sleeper) {
    Queue& queue = sleeping_[due_ns];
    (queue.last == nullptr ? queue.first : queue.last->next) = &sleeper;
    queue.last = &sleeper;
  }

  std::int64_t next_ns() const noexcept { return sleeping_.empty() ? kNever : sleeping_.begin()->first; }

  // Calls resume(waiter) for everyone who is due at `now_ns`: the earliest first, at the same time the first to come
  // first.
  template <class Resume>
  void wake(std::int64_t now_ns, Resume& resume) {
    while (next_ns() <= now_ns) {
      const auto due = sleeping_.extract(sleeping_.begin());  // out of the map first: who wakes may sleep again
      for (Sleeper* sleeper = due.mapped().first; sleeper != nullptr;) {
        Sleeper* const next = sleeper->next;  // the sleeper is gone once its coroutine goes on
        __builtin_prefetch(next);  // its frame comes in while this one runs: with a million, each is a cache miss
        resume(sleeper->waiter);
        sleeper = next;
      }
    }
  }

 private:
  struct Queue {
    Sleeper* first = nullptr;
    Sleeper* last = nullptr;
  };
  std::map<std::int64_t, Queue> sleeping_;
};

}  // namespace interleave
