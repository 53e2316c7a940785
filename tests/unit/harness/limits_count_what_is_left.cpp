// Promise: a limit on processes and threads is held against what others have left of it.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "harness/posix/pipe.hpp"
#include "harness/worker/limits.hpp"

namespace interleave {
namespace {

uid_t next_stranger = 60'123;  // users without any process: each has his own, for the last one's may still be ending
constexpr int kOthers = 6;

// The answer of `ask` to a user who has kOthers other processes and `limit` in all; none if this user cannot become
// one.
template <class Ask>
std::optional<std::string> answer_to_stranger(rlim_t limit, Ask ask) {
  Pipe said, held;
  const uid_t user = next_stranger++;
  const pid_t stranger = ::fork();
  if (stranger == 0) {
    const rlimit narrow{limit, limit};
    if (::setuid(user) != 0) ::_exit(1);
    for (int i = 0; i < kOthers; ++i) {
      if (::fork() == 0) {  // until the test is over
        held.close_write_end();
        char end = 0;
        ::_exit(::read(held.read_end(), &end, 1) == 0 ? 0 : 1);
      }
    }
    if (::setrlimit(RLIMIT_NPROC, &narrow) != 0) ::_exit(1);
    const std::string text = ask().value_or("fine");
    ::_exit(::write(said.write_end(), text.data(), text.size()) > 0 ? 0 : 1);
  }
  said.close_write_end();
  char text[512];
  const ssize_t got = ::read(said.read_end(), text, sizeof text);
  ::waitpid(stranger, nullptr, 0);
  return got > 0 ? std::optional<std::string>(std::string(text, static_cast<std::size_t>(got))) : std::nullopt;
}

TEST(UsersLimit, CountsTheUsersOtherProcesses) {
  const auto threads = answer_to_stranger(12, [] { return thread_limit(10); });
  if (!threads) GTEST_SKIP() << "only root can become another user";
  EXPECT_NE(threads->find("needs 10 threads, the limit is 6 (ulimit -u: 12, in use 7)"), std::string::npos) << *threads;
  const auto processes = answer_to_stranger(12, [] { return process_limit(10, 1); });
  EXPECT_NE(processes->find("needs 10 processes, the limit is 6 (ulimit -u"), std::string::npos) << *processes;
}

TEST(UsersLimit, LeavesWhatIsLeft) {
  const auto threads = answer_to_stranger(12, [] { return thread_limit(6); });
  if (!threads) GTEST_SKIP() << "only root can become another user";
  EXPECT_EQ(*threads, "fine") << "of which one is there already";
}

TEST(UsersLimit, DoesNotBindRoot) {
  if (::getuid() != 0) GTEST_SKIP() << "this user is not root";
  rlimit before{};
  ::getrlimit(RLIMIT_NPROC, &before);
  const rlimit narrow{1, before.rlim_max};
  ::setrlimit(RLIMIT_NPROC, &narrow);
  EXPECT_EQ(thread_limit(10), std::nullopt);
  ::setrlimit(RLIMIT_NPROC, &before);
}

TEST(MachinesLimits, AreNamed) {
  const auto threads = thread_limit(1'000'000'000);
  ASSERT_TRUE(threads);
  EXPECT_NE(threads->find("needs 1000000000 threads, the limit is"), std::string::npos) << *threads;
  const auto memory = process_limit(2, std::uint64_t{1} << 62);
  ASSERT_TRUE(memory);
  EXPECT_NE(memory->find("available memory"), std::string::npos) << *memory;
}

}  // namespace
}  // namespace interleave
