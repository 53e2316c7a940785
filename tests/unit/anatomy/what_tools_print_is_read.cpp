// A summary of strace becomes counts, two of them the calls an item costs; of callgrind the sum is taken.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <stdexcept>

#include "harness/anatomy/tool_output.hpp"

namespace interleave {
namespace {

constexpr const char* kSummary =
    "% time     seconds  usecs/call     calls    errors syscall\n"
    "------ ----------- ----------- --------- --------- ----------------\n"
    " 61.00    0.061000           6      2000           sendto\n"
    " 30.00    0.030000           6      2010        10 recvfrom\n"
    "  0.00    0.000000           0         3           mmap\n"
    "------ ----------- ----------- --------- --------- ----------------\n"
    "100.00    0.091000           6      4013        10 total\n";

TEST(StraceSummary, CountsCallsWithAndWithoutErrors) {
  const CallCounts counts = parse_strace_summary(kSummary);
  EXPECT_EQ(counts, (CallCounts{{"sendto", 2000}, {"recvfrom", 2010}, {"mmap", 3}}));
}

TEST(StraceSummary, TextThatIsNoneIsRefused) {
  EXPECT_THROW(parse_strace_summary("strace: attach: Operation not permitted\n"), std::invalid_argument);
}

TEST(StraceSummary, SlopeLeavesStartUpOut) {
  const CallCounts small{{"sendto", 100}, {"mmap", 50}, {"epoll_wait", 10}};
  const CallCounts large{{"sendto", 300}, {"mmap", 50}, {"epoll_wait", 30}, {"close", 1}};
  const auto slopes = calls_per_item(small, 100, large, 300);
  EXPECT_DOUBLE_EQ(slopes.at("sendto"), 1.0);
  EXPECT_DOUBLE_EQ(slopes.at("epoll_wait"), 0.1);
  EXPECT_DOUBLE_EQ(slopes.at("close"), 0.005);
  EXPECT_EQ(slopes.count("mmap"), 0U);
}

TEST(Callgrind, TheSumIsRead) {
  EXPECT_EQ(parse_callgrind_total("version: 1\nevents: Ir\nfn=main\n1 20\n\ntotals: 1234567890123\n"), 1234567890123U);
}

TEST(Callgrind, AFileThatWasCutIsRefused) {
  EXPECT_THROW(parse_callgrind_total("version: 1\nevents: Ir\nfn=main\n1 20\n"), std::invalid_argument);
}

}  // namespace
}  // namespace interleave
