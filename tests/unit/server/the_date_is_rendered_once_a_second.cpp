// The Date line: a date that any client reads, the same bytes within a second, and another one after it.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "harness/numbers/clock.hpp"
#include "harness/server/date_line.hpp"

namespace interleave {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::time_t parsed(std::string_view line) {
  std::tm parts{};
  const std::string text(line);
  const char* const end = ::strptime(text.c_str(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
  EXPECT_TRUE(end != nullptr && *end == '\0') << text;
  return ::timegm(&parts);
}

TEST(DateLine, IsNow) {
  DateLine date;
  const std::time_t before = std::time(nullptr);
  const std::time_t told = parsed(date.at(now_ns()));
  EXPECT_GE(told, before - 1);
  EXPECT_LE(told, std::time(nullptr));
}

TEST(DateLine, IsRenderedAgainOnceTheSecondIsOver) {
  DateLine date;
  const std::int64_t now = now_ns();
  const std::string first(date.at(now));
  EXPECT_EQ(date.at(now - kSecond), first) << "a moment that is past is no reason to look at the clock";
  parsed(date.at(now + 2 * kSecond));  // the clock of the wall is what it is: what counts is that it is asked
  EXPECT_EQ(date.at(now).size(), first.size());
}

}  // namespace
}  // namespace interleave
