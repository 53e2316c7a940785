// Promise: a child has the descriptors, variables and signals that it is given, and no others.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <sstream>
#include <string>

#include "harness/posix/files.hpp"
#include "harness/posix/pipe.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/trial/child.hpp"
#include "harness/trial/interrupt.hpp"

namespace interleave {
namespace {

std::string said_by(const std::string& script) {
  return output_of("/bin/bash", {"-c", script}, std::chrono::seconds(60));
}

TEST(Children, HaveNoDescriptorThatTheyWereNotGiven) {
  const int leak = ::fcntl(0, F_DUPFD, 50);  // not close-on-exec, as a library or the user's shell leaves it
  EXPECT_EQ(said_by(fmt::format("[ -e /proc/$$/fd/{} ] && echo leaked; echo looked", leak)), "looked\n");
  ::close(leak);
}

TEST(Children, HaveTheDescriptorTheyWereGiven) {
  Pipe pipe;
  Launch launch;
  launch.program = "/bin/bash";
  launch.arguments = {"-c", "echo given >&3; [ ! -e /proc/$$/fd/4 ]"};
  launch.descriptors = {{pipe.write_end(), 3}};
  Child child(launch);
  pipe.close_write_end();
  char text[16] = {};
  EXPECT_EQ(::read(pipe.read_end(), text, sizeof text), 6);
  EXPECT_EQ(child.wait().exit_status, 0);
}

TEST(Children, DoNotRepeatBecauseTheUserBenchmarksOtherThings) {
  ::setenv("BENCHMARK_REPETITIONS", "3", 1);
  ::setenv("BENCHMARK_FILTER", "nothing", 1);
  ::setenv("INTERLEAVE_PADDING", "the user's", 1);
  ::setenv("MALLOC_ARENA_MAX", "7", 1);
  const std::string environment = said_by("env");
  EXPECT_EQ(environment.find("BENCHMARK_"), std::string::npos) << environment;
  EXPECT_EQ(environment.find("the user's"), std::string::npos);
  EXPECT_NE(environment.find("MALLOC_ARENA_MAX=7"), std::string::npos) << "told, and kept";
  for (const char* const name : {"BENCHMARK_REPETITIONS", "BENCHMARK_FILTER", "INTERLEAVE_PADDING", "MALLOC_ARENA_MAX"})
    ::unsetenv(name);
}

// The bits of a set of signals in /proc/self/status.
bool is_in(const std::string& mask, int number) { return ((std::stoull(mask, nullptr, 16) >> (number - 1)) & 1) != 0; }
std::string ignored_by_child() { return said_by("sed -n 's/^SigIgn:\t//p' /proc/$$/status"); }

TEST(Children, DieOfABrokenPipeAsUsual) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  EXPECT_FALSE(is_in(ignored_by_child(), SIGPIPE));
  std::signal(SIGPIPE, before);
}

TEST(Children, IgnoreWhatTheHarnessWasToldToIgnore) {
  const auto before = std::signal(SIGHUP, SIG_IGN);
  EXPECT_TRUE(is_in(ignored_by_child(), SIGHUP));
  std::signal(SIGHUP, before);
}

TEST(Interrupts, DoNotHearWhatIsIgnored) {
  const auto before = std::signal(SIGHUP, SIG_IGN);
  {
    const Interrupt interrupt;
    ::raise(SIGHUP);
    EXPECT_FALSE(interrupt.came());
  }
  std::signal(SIGHUP, before);
}

TEST(Children, AreKilledFirstWhereMemoryRunsOut) {
  Pipe pipe;
  Launch launch;
  launch.program = "/bin/cat";  // reads what comes once the child has been started
  launch.descriptors = {{pipe.read_end(), 0}};
  const Child child(launch);
  Launch asks;
  const std::string file = "/proc/" + std::to_string(child.pid()) + "/oom_score_adj";
  EXPECT_EQ(output_of("/bin/cat", {file}, std::chrono::seconds(60)), "1000\n");
  EXPECT_NE(output_of("/bin/cat", {"/proc/" + std::to_string(::getpid()) + "/oom_score_adj"}, std::chrono::seconds(60)),
            "1000\n");
}

TEST(FirstLines, AreThoseThatSaySomething) {
  const Scratch scratch;
  const auto file = scratch.path() / "stderr";
  const auto first = [&](const std::string& text) {
    write_checked(file, text);
    return first_line(file);
  };
  EXPECT_EQ(first("why\nmore\n"), "why");
  EXPECT_EQ(first("\n \nwhy\n"), "why");
  EXPECT_EQ(first("\n \n  why"), "  why");
  EXPECT_EQ(first(""), "(it said nothing)");
  EXPECT_EQ(first(" \n\n"), "(it said nothing)");
  EXPECT_EQ(first_line("/nonexistent"), "(it said nothing)");
}

// One byte of another encoding once stopped a run: JSON cannot hold it.
TEST(FirstLines, AreTextWhateverAProgramWrites) {
  EXPECT_EQ(first_line_of("\xe9"
                          "chec\n"),
            "\xef\xbf\xbd"
            "chec");
  EXPECT_EQ(first_line_of("\xc3\xa9"
                          "chec\n"),
            "\xc3\xa9"
            "chec");
  EXPECT_EQ(first_line_of(std::string(1 << 20, 'x')).size(), 1000);
}

TEST(FirstLines, AreNotWaitedFor) {
  const Scratch scratch;
  const auto file = scratch.path() / "stderr";
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_EQ(first_line(file), "(it said nothing)");
}

TEST(FirstLines, EndNoSentenceInAColon) {
  try {
    said_by("exit 5");
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("status 5: (it said nothing)"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace interleave
