// Parameters: numbers, times with units, and errors that name the key.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>

#include "harness/text/joined.hpp"
#include "harness/text/leading_number.hpp"
#include "harness/text/option_checks.hpp"
#include "harness/text/parameters.hpp"

namespace interleave {
namespace {

using namespace std::chrono_literals;

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(WholeNumber, ReadsOrFallsBack) {
  EXPECT_EQ(whole_number({{"grain", "42"}}, "grain", 7, {1, 50}), 42U);
  EXPECT_EQ(whole_number({}, "grain", 7, {1, 50}), 7U);
}

TEST(WholeNumber, RefusesAnythingElseByName) {
  for (const char* const text : {"", "4x", "x4", "4.5", " 4", "99999999999999999999"}) {
    const std::string error = error_of([&] { whole_number({{"grain", text}}, "grain", 7, {1, 50}); });
    EXPECT_NE(error.find("grain="), std::string::npos) << text;
  }
}

TEST(TimeSpan, ReadsEveryUnit) {
  EXPECT_EQ(parse_time_span("250us"), 250us);
  EXPECT_EQ(parse_time_span("50ms"), 50ms);
  EXPECT_EQ(parse_time_span("1.5s"), 1500ms);
  EXPECT_EQ(parse_time_span("0us"), 0us);
  EXPECT_EQ(time_span({{"least", "2ms"}}, "least", 1ms), 2ms);
  EXPECT_EQ(time_span({}, "least", 1ms), 1ms);
}

TEST(TimeSpan, RefusesWhatIsNoTime) {
  for (const char* const text : {"", "5", "ms", "5 ms", "-5ms", "5min", "nanms", "infs", "1e99s"}) {
    EXPECT_NE(error_of([&] { parse_time_span(text); }), "") << text;
  }
  EXPECT_EQ(error_of([] { time_span({{"least", "5"}}, "least", 1ms); }).rfind("least: ", 0), 0U);
}

TEST(UnknownSettings, AreRefusedByNameWithTheKnownOnes) {
  constexpr Setting kDeclared[] = {{"grain", "1", ""}, {"grid", "2", ""}};
  EXPECT_EQ(error_of([&] { refuse_unknown({{"grid", "1"}}, kDeclared, "parameter", "compute"); }), "");
  EXPECT_EQ(error_of([&] { refuse_unknown({{"gain", "1"}}, kDeclared, "parameter", "compute"); }),
            "unknown parameter 'gain' of compute; known: grain, grid");
  EXPECT_EQ(error_of([&] { refuse_unknown({{"gain", "1"}}, {}, "policy", "uv"); }),
            "unknown policy 'gain' of uv; it has none");
}

TEST(LeadingNumber, TellsWhatIsLeftAndWhatDoesNotFit) {
  EXPECT_TRUE(leading_number<std::uint64_t>("64").is_all());
  EXPECT_EQ(leading_number<std::uint64_t>("64K").rest, "K");
  EXPECT_EQ(leading_number<std::uint64_t>("").error, std::errc::invalid_argument);
  EXPECT_EQ(leading_number<std::uint64_t>("18446744073709551616").error, std::errc::result_out_of_range);
  EXPECT_FALSE(nanoseconds_in("5"));
  EXPECT_FALSE(nanoseconds_in("-1s"));
  EXPECT_EQ(nanoseconds_in("1.5us"), 1500.0);
  EXPECT_FALSE(nanoseconds_in("2min"));
  EXPECT_EQ(nanoseconds_in("2min", kUnitsOfPatience), 120e9);
  EXPECT_EQ(not_finite("-1.5"), "");
  for (const char* wrong : {"nan", "inf", "1e400", "5x", ""}) EXPECT_NE(not_finite(wrong), "") << wrong;
}

TEST(Joined, PutsTheSeparatorBetween) {
  EXPECT_EQ(joined(std::vector<std::string>{}, ", "), "");
  EXPECT_EQ(joined(std::vector<std::string>{"", "b"}, ", "), ", b");
  EXPECT_EQ(joined(std::vector<int>{1, 2, 3}, "; ", [](int n) { return std::to_string(n); }), "1; 2; 3");
}

}  // namespace
}  // namespace interleave
