// Promise: what cannot be written is told with the name of the file or folder, and what nobody needs to know is not.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <sstream>
#include <system_error>

#include "harness/posix/files.hpp"
#include "harness/posix/pipe.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/posix/standard_streams.hpp"

namespace interleave {
namespace {

TEST(WriteChecked, ReplacesWhatIsThere) {
  const Scratch scratch;
  const auto file = scratch.path() / "file";
  write_checked(file, "a long old text");
  write_checked(file, "new");
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  EXPECT_EQ(text.str(), "new");
}

TEST(WriteChecked, NamesTheFileOnAFullDisk) {
  try {
    write_checked("/dev/full", "x");
    FAIL() << "nothing was thrown";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOSPC);
    EXPECT_NE(std::string(error.what()).find("/dev/full"), std::string::npos);
  }
  EXPECT_THROW(write_checked("/nonexistent/file", ""), std::system_error);
}

TEST(ScratchFolder, IsGoneWithAllThatIsInIt) {
  std::filesystem::path path;
  {
    const Scratch scratch;
    path = scratch.path();
    std::filesystem::create_directories(path / "a" / "b");
    scratch.require_room();
    EXPECT_FALSE(exists(path / "room"));
  }
  EXPECT_FALSE(exists(path));
}

// Standard error in a child of one's own, with `use` in it; its exit status.
template <class Use>
int status_in_child(int stderr_fd, Use use) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(stderr_fd, STDERR_FILENO);
    use();
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(Saying, GoesOnWhereNothingCanBeWritten) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  EXPECT_EQ(status_in_child(full, [] { say("lost"); }), 0);
  ::close(full);
}

TEST(Saying, GoesOnWhenTheReaderIsGone) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  ::close(ends[0]);
  EXPECT_EQ(status_in_child(ends[1],
                            [] {
                              let_writes_fail();
                              say("lost");
                            }),
            0);
  ::close(ends[1]);
}

TEST(Saying, DoesNotWaitForAReaderThatDoesNotRead) {
  const Pipe pipe;
  EXPECT_EQ(status_in_child(pipe.write_end(),
                            [] {
                              ::alarm(60);  // a fault is a failure, and not a hang
                              for (int i = 0; i < 10'000; ++i) say_without_waiting(std::string(100, 'x'));
                            }),
            0);
}

TEST(StandardDescriptors, ThatAreClosedAreOpened) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (const int fd : {0, 1, 2}) ::close(fd);
    open_standard_descriptors();
    const Pipe pipe;
    const bool written = ::write(1, "x", 1) == 1;  // lost output is to be told, so it must fail
    ::_exit(pipe.read_end() > 2 && !written ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace interleave
