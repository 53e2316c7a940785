// The thread that resumes suspended oneTBB tasks.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <oneapi/tbb/task_arena.h>
#include <sys/socket.h>

#include <future>
#include <system_error>

#include "models/tbb_resumable/reactor.hpp"

namespace interleave {
namespace {

// What `wait` on the descriptor came to, in a task of its own: 0, or the error it threw.
int waited_for(Reactor& reactor, Suspended& suspended, int fd, std::int64_t due_ns) {
  tbb::task_arena arena(1, 0);
  std::promise<int> came_to;
  arena.enqueue([&] {
    try {
      reactor.wait(suspended, fd, due_ns);
      came_to.set_value(0);
    } catch (const std::system_error& error) {
      came_to.set_value(error.code().value());
    }
  });
  return came_to.get_future().get();
}

TEST(Reactor, TellsWhereNothingCanBeWaitedFor) {
  Suspended suspended;
  Reactor reactor;
  const Socket file(open("/dev/null", O_RDONLY | O_CLOEXEC));  // epoll takes no such file
  EXPECT_EQ(waited_for(reactor, suspended, file.get(), Reactor::kNever), EPERM);
  EXPECT_EQ(waited_for(reactor, suspended, -1, now_ns()), 0) << "and goes on";
}

// Each wait is met by the socket and the clock at the same time, so that the task is resumed while its wait is still
// being set up.
TEST(Reactor, ATaskMayRunBeforeItsWaitIsSetUp) {
  Suspended suspended;
  Reactor reactor;
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const Socket here(ends[0]), there(ends[1]);
  ASSERT_EQ(send(there.get(), "x", 1, 0), 1);
  for (int i = 0; i < 2000; ++i) ASSERT_EQ(waited_for(reactor, suspended, here.get(), now_ns()), 0) << i;
}

}  // namespace
}  // namespace interleave
