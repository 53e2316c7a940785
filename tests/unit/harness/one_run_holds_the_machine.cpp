// Promise: there is one lock for all users and sessions of a machine, and nobody can keep it from the others by its
// rights. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

#include "harness/machine/run_lock.hpp"
#include "harness/posix/scratch.hpp"

namespace interleave {
namespace {

namespace fs = std::filesystem;

constexpr int kHeld = 0, kRefused = 1, kOtherwise = 2;
constexpr uid_t kNobody = 65534;

// What taking the lock comes to in another process, as that user if this one may be it.
int tried(const fs::path& file, uid_t user) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (user != ::getuid() && ::setuid(user) != 0) ::_exit(kOtherwise);
    try {
      const RunLock lock(file);
      ::_exit(kHeld);
    } catch (const std::exception& error) {
      ::_exit(std::string(error.what()).find("another run") != std::string::npos ? kRefused : kOtherwise);
    }
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// As /tmp and /run/lock are.
class Shared : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::chmod(scratch_.path().c_str(), 01777), 0);
    ::umask(077);  // a user's own, which must not become everybody's
  }
  const Scratch scratch_;
  const fs::path file_ = scratch_.path() / "interleave.lock";
  const uid_t other_ = ::getuid() == 0 ? kNobody : ::getuid();
};

TEST_F(Shared, TheSecondIsRefusedWhoeverHeIs) {
  const RunLock lock(file_);
  EXPECT_EQ(tried(file_, ::getuid()), kRefused);
  EXPECT_EQ(tried(file_, other_), kRefused);
}

TEST_F(Shared, AnothersFileCanBeHeld) {
  EXPECT_EQ(tried(file_, other_), kHeld) << "who makes the file";
  EXPECT_EQ(tried(file_, ::getuid()), kHeld);
  EXPECT_EQ(tried(file_, other_), kHeld);
  {
    const RunLock own(file_);
  }
  EXPECT_EQ(tried(file_, other_), kHeld);
}

TEST_F(Shared, AFileThatCannotBeWrittenCanBeHeld) {
  {
    const RunLock lock(file_);
  }
  ASSERT_EQ(::chmod(file_.c_str(), 0444), 0);
  EXPECT_EQ(tried(file_, other_), kHeld);
}

// A text that is no number was 0, which means the process group of whoever asks, and so was alive and printed.
TEST_F(Shared, WhatIsNoProcessIsNotToldAsTheHolder) {
  const RunLock lock(file_);
  for (const char* text : {"nobody\n", "0\n", "-1\n", "99999999999999999999\n"}) {
    std::ofstream(file_) << text;
    try {
      const RunLock second(file_);
      ADD_FAILURE() << "held twice";
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find("(pid unknown, "), std::string::npos) << error.what();
    }
  }
}

TEST_F(Shared, ALinkIsNotFollowed) {
  fs::create_symlink(scratch_.path() / "elsewhere", file_);
  EXPECT_THROW(RunLock{file_}, std::runtime_error);
  EXPECT_FALSE(fs::exists(scratch_.path() / "elsewhere"));
}

TEST_F(Shared, ADirectoryIsNoLock) { EXPECT_THROW(RunLock{scratch_.path()}, std::runtime_error); }

TEST(LockPath, IsTheSameInEverySession) {
  ::unsetenv("INTERLEAVE_LOCK");
  const fs::path plain = lock_path();
  ::setenv("XDG_RUNTIME_DIR", "/tmp", 1);
  ::setenv("TMPDIR", "/var/tmp", 1);
  EXPECT_EQ(lock_path(), plain);
  ::setenv("INTERLEAVE_LOCK", "/elsewhere/lock", 1);
  EXPECT_EQ(lock_path(), "/elsewhere/lock");
}

}  // namespace
}  // namespace interleave
