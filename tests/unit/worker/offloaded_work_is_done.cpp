// Offload: threads and processes do what they are handed, blocking callers and loops get their own results back.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <vector>

#include "harness/worker/offload.hpp"

namespace interleave {
namespace {

std::uint64_t product(std::uint64_t a, std::uint64_t b) noexcept { return a * b; }
std::uint64_t process_of(std::uint64_t, std::uint64_t) noexcept { return static_cast<std::uint64_t>(getpid()); }
std::uint64_t thread_of(std::uint64_t, std::uint64_t) noexcept { return static_cast<std::uint64_t>(gettid()); }

constexpr OffloadPolicy kCrews[] = {
    {OffloadTo::threads, 1}, {OffloadTo::threads, 3}, {OffloadTo::processes, 1}, {OffloadTo::processes, 3}};

TEST(Offload, RunsWhereThePolicySays) {
  Offload threads({OffloadTo::threads, 1}, 1, 1);
  EXPECT_EQ(threads.run({&process_of, 0, 0}), static_cast<std::uint64_t>(getpid()));
  EXPECT_NE(threads.run({&thread_of, 0, 0}), static_cast<std::uint64_t>(gettid()));
  Offload processes({OffloadTo::processes, 1}, 1, 1);
  EXPECT_NE(processes.run({&process_of, 0, 0}), static_cast<std::uint64_t>(getpid()));
}

TEST(Offload, ManyBlockingCallersGetTheirOwnResults) {
  for (const OffloadPolicy& crew : kCrews) {
    Offload offload(crew, 8, 1);
    std::vector<std::thread> callers;
    std::vector<int> right(8);
    for (std::uint64_t caller = 0; caller < 8; ++caller) {
      callers.emplace_back([&, caller] {
        for (std::uint64_t i = 0; i < 500; ++i)
          right[caller] += offload.run({&product, caller + 1, i}) == (caller + 1) * i ? 1 : 0;
      });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(std::count(right.begin(), right.end(), 500), 8);
  }
}

TEST(Offload, ForkedCallersAreServedByTheSameCrew) {
  for (const OffloadPolicy& crew : kCrews) {
    Offload offload(crew, 4, 1);
    std::vector<pid_t> children;
    for (std::uint64_t child = 0; child < 4; ++child) {
      children.push_back(fork());
      if (children.back() != 0) continue;
      int right = 0;
      for (std::uint64_t i = 0; i < 200; ++i) right += offload.run({&product, child + 1, i}) == (child + 1) * i ? 1 : 0;
      _exit(right == 200 ? 0 : 1);
    }
    for (const pid_t child : children) {
      int status = -1;
      ASSERT_EQ(waitpid(child, &status, 0), child);
      EXPECT_EQ(status, 0);
    }
  }
}

struct Waiter {
  std::uint64_t want = 0;
  int calls = 0, right = 0;
  std::thread::id thread;
  static void over(void* self, std::uint64_t result) {
    auto* const waiter = static_cast<Waiter*>(self);
    ++waiter->calls;
    waiter->right += result == waiter->want ? 1 : 0;
    waiter->thread = std::this_thread::get_id();
  }
};

// A loop of one descriptor: hands over `each` works for each lane, one at a time.
void run_loop(OffloadPort& port, std::vector<Waiter>& lanes, int each) {
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    lanes[lane].want = 3 * lane;
    port.post({&product, 3, lane}, &lanes[lane], &Waiter::over);
  }
  std::vector<int> posted(lanes.size(), 1);
  const auto over = [&](const Waiter& waiter) { return waiter.calls == each; };
  while (!std::all_of(lanes.begin(), lanes.end(), over)) {
    pollfd events{port.fd(), POLLIN, 0};
    ASSERT_EQ(poll(&events, 1, 30'000), 1) << "a result was lost";
    port.drain();
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      if (lanes[lane].calls != posted[lane] || posted[lane] == each) continue;
      ++posted[lane];
      port.post({&product, 3, lane}, &lanes[lane], &Waiter::over);
    }
  }
}

TEST(OffloadPort, GivesEveryResultBackOnceOnTheLoopsThread) {
  for (const OffloadPolicy& crew : kCrews) {
    Offload offload(crew, 20, 1);
    Load load;
    load.offload = &offload;
    OffloadPort port(load);
    std::vector<Waiter> lanes(20);
    run_loop(port, lanes, 100);
    for (const Waiter& waiter : lanes) {
      EXPECT_EQ(waiter.calls, 100);
      EXPECT_EQ(waiter.right, 100);
      EXPECT_EQ(waiter.thread, std::this_thread::get_id());
    }
  }
}

TEST(OffloadPort, LoopsOfSeveralProcessesGetTheirOwn) {
  for (const OffloadPolicy& crew : kCrews) {
    Offload offload(crew, 8, 2);
    std::vector<pid_t> children;
    for (int child = 0; child < 2; ++child) {
      children.push_back(fork());
      if (children.back() != 0) continue;
      Load load;
      load.offload = &offload;
      OffloadPort port(load);
      std::vector<Waiter> lanes(4);
      run_loop(port, lanes, 100);
      const bool right = std::all_of(lanes.begin(), lanes.end(), [](const Waiter& w) { return w.right == 100; });
      _exit(right ? 0 : 1);
    }
    for (const pid_t child : children) {
      int status = -1;
      ASSERT_EQ(waitpid(child, &status, 0), child);
      EXPECT_EQ(status, 0);
    }
  }
}

TEST(OffloadPort, IsInlineWithoutAnEngine) {
  OffloadPort port{Load{}};
  EXPECT_TRUE(port.is_inline());
  EXPECT_EQ(port.fd(), -1);
  Waiter waiter;
  waiter.want = 12;
  port.post({&product, 3, 4}, &waiter, &Waiter::over);
  EXPECT_EQ(waiter.right, 1);
  port.drain();
}

TEST(OffloadPort, RefusesMorePortsThanLoopsAndMoreWorkThanLanes) {
  Offload offload({OffloadTo::threads, 1}, 1, 1);
  Load load;
  load.offload = &offload;
  OffloadPort port(load);
  EXPECT_THROW(OffloadPort{load}, std::logic_error);
  Waiter waiter;
  port.post({&product, 1, 1}, &waiter, &Waiter::over);
  EXPECT_THROW(port.post({&product, 1, 1}, &waiter, &Waiter::over), std::logic_error);
}

TEST(Offload, GoesAwayWithWorkStillWaiting) {
  for (const OffloadPolicy& crew : kCrews) {
    Waiter waiter;
    Offload offload(crew, 50, 1);
    Load load;
    load.offload = &offload;
    OffloadPort port(load);
    for (int i = 0; i < 50; ++i) port.post({&product, 1, 1}, &waiter, &Waiter::over);
  }
}

TEST(OffloadPolicy, IsReadAndRefused) {
  EXPECT_EQ(offload_policy({}, 2).to, OffloadTo::caller);
  EXPECT_EQ(offload_policy({{"offload", "inline"}, {"offload_workers", "4"}}, 2).workers, 0U);
  EXPECT_EQ(offload_policy({{"offload", "threads"}}, 2).workers, 2U);
  EXPECT_EQ(offload_policy({{"offload", "processes"}, {"offload_workers", "5"}}, 2).workers, 5U);
  EXPECT_EQ(offload_policy({{"offload", "processes"}}, 2).to, OffloadTo::processes);
  EXPECT_THROW(offload_policy({{"offload", "gpu"}}, 2), std::invalid_argument);
  EXPECT_THROW(offload_policy({{"offload", "threads"}, {"offload_workers", "0"}}, 2), std::invalid_argument);
}

}  // namespace
}  // namespace interleave
