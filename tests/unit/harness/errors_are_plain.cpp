// Promise: an error is told without a library's source.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "harness/text/plain_error.hpp"

namespace interleave {
namespace {

TEST(Errors, AreToldWithoutTheSourceThatNoticedThem) {
  EXPECT_EQ(plain_error("connect: Network is unreachable [system:101 at /usr/include/boost/x.hpp:33:5 in function f]"),
            "connect: Network is unreachable");
  EXPECT_EQ(plain_error("Network is unreachable [system:101]"), "Network is unreachable");
  for (const char* const own : {"cannot write /tmp/a [b]/c: No space left", "--set takes [key=value]", "plain", ""})
    EXPECT_EQ(plain_error(own), own);
}

}  // namespace
}  // namespace interleave
