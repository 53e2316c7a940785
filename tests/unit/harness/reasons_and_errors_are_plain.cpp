// Promise: a reason reads the same whichever shape it was stored in, and an error is told without a library's source.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/results/reasons.hpp"
#include "harness/text/plain_error.hpp"

namespace interleave {
namespace {

using nlohmann::json;

TEST(Reasons, AreObjectsOrStrings) {
  EXPECT_EQ(reason_text("oracle: 1 wrong"), "oracle: 1 wrong");
  EXPECT_EQ(reason_text({{"check", "oracle"}, {"text", "1 wrong"}}), "oracle: 1 wrong");
  EXPECT_EQ(reason_text({{"check", ""}, {"text", "a limit"}}), "a limit");
  EXPECT_EQ(reason_text({{"text", "a limit"}}), "a limit");
  EXPECT_EQ(first_reason({{"reasons", {"first", "second"}}}), "first");
  EXPECT_EQ(first_reason({{"reasons", json::array()}}), "");
}

TEST(Errors, AreToldWithoutTheSourceThatNoticedThem) {
  EXPECT_EQ(plain_error("connect: Network is unreachable [system:101 at /usr/include/boost/x.hpp:33:5 in function f]"),
            "connect: Network is unreachable");
  EXPECT_EQ(plain_error("Network is unreachable [system:101]"), "Network is unreachable");
  for (const char* const own : {"cannot write /tmp/a [b]/c: No space left", "--set takes [key=value]", "plain", ""})
    EXPECT_EQ(plain_error(own), own);
}

}  // namespace
}  // namespace interleave
