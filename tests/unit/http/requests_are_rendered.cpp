// Requests: the exact bytes, and that the largest one fits.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "harness/http/request.hpp"

namespace interleave {
namespace {

TEST(Request, IsSixteenBytes) { EXPECT_EQ(sizeof(Request), 16U); }

TEST(Request, RendersTheItem) {
  EXPECT_EQ(RenderedRequest({42}).bytes(), "GET /item/42 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  EXPECT_EQ(RenderedRequest({0}).bytes(), "GET /item/0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
}

TEST(Request, RendersTheAttemptWhereItIsNotTheFirst) {
  EXPECT_EQ(RenderedRequest({4294967295U, 4294967295U}).bytes(),
            "GET /item/4294967295?attempt=4294967295 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
}

TEST(Request, SaysWhereTheConnectionIsItsOwn) {
  EXPECT_EQ(RenderedRequest({.item = 4294967295U, .attempt = 4294967295U, .flags = kOwnConnection}).bytes(),
            "GET /item/4294967295?attempt=4294967295 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(RenderedRequest({.item = 7, .attempt = 0, .flags = ~kOwnConnection}).bytes(),
            "GET /item/7 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
}

}  // namespace
}  // namespace interleave
