// What strace writes becomes calls with a begin and an end, and threads with a process.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <stdexcept>

#include "harness/trace/strace_log.hpp"

namespace interleave {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(StraceLog, HasACallWithItsBeginEndAndResult) {
  const StraceLog log = read_strace_log("10    5.000001000 read(3, \"g\", 1) = 1 <0.002000500>\n");
  ASSERT_EQ(log.calls.size(), 1U);
  const TracedCall& call = log.calls.front();
  EXPECT_EQ(call.thread, 10);
  EXPECT_EQ(call.name, "read");
  EXPECT_EQ(call.arguments, "3, \"g\", 1");
  EXPECT_EQ(call.result, "1");
  EXPECT_EQ(call.from_ns, 5 * kSecond + 1'000);
  EXPECT_EQ(call.to_ns, 5 * kSecond + 2'001'500);
}

TEST(StraceLog, HalvesOfACallAreOneCallAgain) {
  const StraceLog log = read_strace_log(
      "10 5.000000000 recvfrom(7,  <unfinished ...>\n"
      "11 5.001000000 futex(0x7f, FUTEX_WAIT_PRIVATE, 0, NULL <unfinished ...>\n"
      "10 5.003000000 <... recvfrom resumed>\"HTTP/1.1 200 OK\\r\\n\"..., 64, 0, NULL, NULL) = 64 <0.002900000>\n"
      "11 5.004000000 <... futex resumed>)    = -1 EAGAIN (Resource temporarily unavailable)\n");
  ASSERT_EQ(log.calls.size(), 2U);
  EXPECT_EQ(log.calls[0].arguments, "7, \"HTTP/1.1 200 OK\\r\\n\"..., 64, 0, NULL, NULL");
  EXPECT_EQ(log.calls[0].result, "64");
  EXPECT_EQ(log.calls[0].to_ns, 5 * kSecond + 2'900'000);  // by its duration
  EXPECT_EQ(log.calls[1].name, "futex");
  EXPECT_EQ(log.calls[1].result, "-1 EAGAIN (Resource temporarily unavailable)");
  EXPECT_EQ(log.calls[1].to_ns, 5 * kSecond + 4'000'000);  // by the line that has its end
}

TEST(StraceLog, ParenthesesAndQuotesWithinStringsAreText) {
  const StraceLog log = read_strace_log(
      "10 5.0 write(1, \"a) = 2 \\\" (\", 11) = 11 <0.000001>\n10 5.1 poll([{fd=3}], 1, 0) = 0 (Timeout) <0.1>\n");
  ASSERT_EQ(log.calls.size(), 2U);
  EXPECT_EQ(log.calls[0].arguments, "1, \"a) = 2 \\\" (\", 11");
  EXPECT_EQ(log.calls[0].result, "11");
  EXPECT_EQ(log.calls[1].result, "0 (Timeout)");
  EXPECT_EQ(log.calls[1].to_ns, 5 * kSecond + 200'000'000);
}

TEST(StraceLog, SignalsAndEndsAreNoCalls) {
  const StraceLog log = read_strace_log(
      "10 5.0 exit_group(0) = ?\n"
      "10 5.1 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---\n"
      "10 5.2 +++ exited with 0 +++\n"
      "11 5.3 +++ killed by SIGKILL +++\n");
  ASSERT_EQ(log.calls.size(), 1U);
  EXPECT_EQ(log.calls[0].result, "?");
  ASSERT_EQ(log.threads.size(), 2U);
  EXPECT_EQ(log.threads[0].to_ns, 5 * kSecond + 200'000'000);
}

TEST(StraceLog, ACallThatNeverReturnsLastsToTheThreadsLastLine) {
  const StraceLog log = read_strace_log(
      "11 5.0 pause( <unfinished ...>\n"
      "11 5.5 +++ killed by SIGTERM +++\n");
  ASSERT_EQ(log.calls.size(), 1U);
  EXPECT_EQ(log.calls[0].to_ns, 5 * kSecond + 500'000'000);
  EXPECT_EQ(log.calls[0].result, "");
}

TEST(StraceLog, AnEndWithoutABeginIsLeftOut) {
  EXPECT_TRUE(read_strace_log("10 5.0 <... read resumed>\"x\", 1) = 1 <0.1>\n").calls.empty());
}

TEST(StraceLog, AThreadHasTheProcessOfItsMakerAndAForkOneOfItsOwn) {
  const StraceLog log = read_strace_log(
      "10 5.0 clone3({flags=CLONE_VM|CLONE_THREAD|CLONE_SETTLS} => {parent_tid=[11]}, 88) = 11 <0.1>\n"
      "11 5.1 clone3({flags=CLONE_VM|CLONE_THREAD} => {parent_tid=[12]}, 88) = 12 <0.1>\n"
      "12 5.2 getpid() = 10 <0.1>\n"
      "10 5.3 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD, child_tidptr=0x7f) = 13 <0.1>\n"
      "13 5.4 getpid() = 13 <0.1>\n"
      "10 5.5 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = -1 EAGAIN (Resource temporarily unavailable) <0.1>\n");
  ASSERT_EQ(log.threads.size(), 4U);
  EXPECT_EQ(log.threads[2].thread, 12);
  EXPECT_EQ(log.threads[2].process, 10);
  EXPECT_EQ(log.threads[3].process, 13);
}

TEST(StraceLog, ALineThatWasCutIsLeftOutAndAForeignOneIsNamed) {
  EXPECT_EQ(read_strace_log("10 5.0 getpid() = 10 <0.1>\n10 5.1 rea").calls.size(), 1U);
  for (const char* foreign : {"10 5.0 getpid() = 10\nhello\n", "10 5.0 getpid() = 10\n10 noon read(3) = 1\n",
                              "10 5.0 getpid() = 10\n10 5.1 <... read\n", "10 5.0 getpid() = 10\n\n",
                              "10 5.0 getpid() = 10\n10 999999999999.0 getpid() = 10\n"}) {
    try {
      read_strace_log(foreign);
      FAIL() << foreign;
    } catch (const std::invalid_argument& error) {
      EXPECT_STREQ(error.what(), "line 2 of the trace is none of strace's");
    }
  }
}

}  // namespace
}  // namespace interleave
