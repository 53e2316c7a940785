// tree_cpu(): the time of other threads, of living children, of reaped ones and of grandchildren is in it.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <thread>

#include "harness/worker/tree_cpu.hpp"

namespace interleave {
namespace {

using namespace std::chrono_literals;

// Burns CPU until this thread's own clock has advanced by `time`, however long a busy machine takes for it.
void burn(std::chrono::nanoseconds time) {
  const auto spent = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
  };
  for (const auto begin = spent(); spent() - begin < time;) {
  }
}

// A child that burns, says so, and stays until it is let go.
class Child {
 public:
  explicit Child(int generations) {
    EXPECT_EQ(pipe(done_.data()), 0);
    EXPECT_EQ(pipe(go_.data()), 0);
    pid_ = fork();
    if (pid_ != 0) return;
    pid_t below = 0;
    for (int i = 1; i < generations && below == 0; ++i) below = fork();
    char byte = 0;
    if (below == 0) {
      burn(30ms);
      if (write(done_[1], &byte, 1) != 1) _exit(1);
    }
    close(go_[1]);
    while (read(go_[0], &byte, 1) > 0) {
    }
    if (below > 0) waitpid(below, nullptr, 0);
    _exit(0);
  }
  void await() {
    char byte = 0;
    EXPECT_EQ(read(done_[0], &byte, 1), 1);
  }
  void reap() {
    close(go_[1]);
    EXPECT_EQ(waitpid(pid_, nullptr, 0), pid_);
  }

 private:
  std::array<int, 2> done_{};
  std::array<int, 2> go_{};
  pid_t pid_;
};

TEST(TreeCpu, CountsThisThreadAndOthers) {
  const auto before = tree_cpu().total;
  burn(20ms);
  const auto between = tree_cpu().total;
  EXPECT_GE(between - before, 20ms);
  std::thread([] { burn(30ms); }).join();
  EXPECT_GE(tree_cpu().total - between, 30ms);
}

TEST(TreeCpu, CountsALivingChildAndKeepsItOnceReaped) {
  const auto before = tree_cpu().total;
  Child child(1);
  child.await();
  const auto living = tree_cpu().total;
  EXPECT_GE(living - before, 30ms);
  child.reap();
  // A reaped child is counted by getrusage, whose resolution is a microsecond for each of its four parts.
  EXPECT_GE(tree_cpu().total, living - 4us);
}

TEST(TreeCpu, CountsALivingGrandchild) {
  const auto before = tree_cpu().total;
  Child child(2);
  child.await();
  EXPECT_GE(tree_cpu().total - before, 30ms);
  child.reap();
}

TEST(TreeCpu, WaitingCostsNothing) {
  const auto before = tree_cpu().total;
  std::this_thread::sleep_for(100ms);
  EXPECT_LT(tree_cpu().total - before, 50ms);
}

}  // namespace
}  // namespace interleave
