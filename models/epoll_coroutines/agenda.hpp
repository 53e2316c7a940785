// Everything of a loop that has its time: sleepers, deadlines, the heartbeat.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>

#include "harness/worker/loop_lag.hpp"
#include "models/epoll_coroutines/deadlines.hpp"
#include "models/epoll_coroutines/timers.hpp"

namespace interleave {

class Agenda {
 public:
  explicit Agenda(const Load& load) : heartbeat_(load) {}
  Timers& timers() noexcept { return timers_; }
  Deadlines& deadlines() noexcept { return deadlines_; }
  void run_starts() noexcept { heartbeat_.restart(); }
  void run_ends() noexcept { heartbeat_.beat(); }

  // Until when the loop may wait; kNever: until something happens.
  std::int64_t next_ns() const noexcept {
    return std::min({timers_.next_ns(), deadlines_.next_ns(), heartbeat_ ? heartbeat_.next_ns() : Timers::kNever});
  }

  // Does what is due. `waited_until` is when the loop's last wait ended, and `all_seen` whether everything that was
  // ready then has been looked at: a reply that has arrived beats its deadline, however long the coroutines resumed
  // since then took.
  template <class Resume>
  void turn(std::int64_t waited_until, bool all_seen, Resume& resume) {
    if (heartbeat_ && heartbeat_.next_ns() <= waited_until) heartbeat_.beat();
    timers_.wake(waited_until, resume);
    if (all_seen) deadlines_.check(waited_until, resume);
  }

 private:
  Timers timers_;
  Deadlines deadlines_;
  Heartbeat heartbeat_;
};

}  // namespace interleave
