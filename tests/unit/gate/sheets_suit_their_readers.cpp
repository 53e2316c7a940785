// A sheet fits a terminal, a pull request, JUnit and GitHub, whatever stands in it.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "harness/gate/sheet.hpp"
#include "harness/verdict/wrapped.hpp"

namespace interleave {
namespace {

SheetRow row(const std::string& load, const std::string& verdict, Weight weight) {
  return {.load = load,
          .model = "a_model_with_a_name_that_is_far_too_long",
          .quantity = "CPU a request",
          .verdict = verdict,
          .weight = weight,
          .ratio = 1.053,
          .low = 1.01,
          .high = {},
          .note = weight == Weight::gap ? "void in NEW: \"quoted\" <b>&\nbroken | piped, 5 %" : ""};
}

Sheet sheet(std::size_t fine) {
  Sheet made{.title = "interleave compare",
             .heading = "one against another, in a heading that is rather longer than a terminal is wide, as they are",
             .notes = {"another machine: a note of some length that has to be broken, too, for it is longer than 80"},
             .rows = {},
             .left_out = {"a load, a model: skipped"},
             .summary = "2 slower."};
  for (std::size_t i = 0; i < fine; ++i) made.rows.push_back(row("a load", "same", Weight::fine));
  made.rows.push_back(row("an open load", "unresolved", Weight::open));
  made.rows.push_back(row("a load: with, marks", "coverage", Weight::gap));
  made.rows.push_back(row("a slow load", "slower", Weight::failure));
  return made;
}

auto lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Sheets, FitATerminal) { EXPECT_LE(width_of(text_of(sheet(3))), kColumns); }

TEST(Sheets, OfAPullRequestHaveFortyLinesAtMost) {
  Sheet many = sheet(500);
  for (int i = 0; i < 50; ++i) many.notes.emplace_back("a note");
  const std::string text = markdown_of(many);
  EXPECT_LE(lines(text), 40);
  EXPECT_LT(text.find("slower"), text.find("| a load |")) << "what fails comes first";
  EXPECT_TRUE(has(text, "481 more rows"));
  EXPECT_TRUE(has(text, "broken \\| piped")) << "a bar is not a column's end";
}

TEST(Sheets, AreSoundXmlForJunit) {
  const std::string text = junit_of(sheet(2));
  EXPECT_TRUE(has(text, "tests=\"6\" failures=\"1\" errors=\"1\" skipped=\"2\""));
  EXPECT_TRUE(has(text, "&quot;quoted&quot; &lt;b&gt;&amp; broken"));
  EXPECT_TRUE(has(text, "<failure message=\"slower +5.3 % (") || has(text, "<failure message=\"slower +5.3 %\"/>"));
}

TEST(Sheets, AreSoundXmlWhateverAProgramWrites) {
  Sheet made = sheet(0);
  made.rows[1].note = "void: it said \351\377";
  EXPECT_TRUE(has(junit_of(made), "it said \xEF\xBF\xBD"));
  EXPECT_FALSE(has(junit_of(made), "\351"));
}

TEST(Sheets, AreCommandsOfOneLineForGithub) {
  const std::string text = github_of(sheet(2));
  EXPECT_EQ(lines(text), 5) << "a failure, a gap, an open row, a note, the summary";
  EXPECT_TRUE(has(text, "::error title=interleave compare::a slow load"));
  EXPECT_TRUE(has(text, "&%0Abroken | piped, 5 %25"));
}

TEST(Sheets, SayPercents) {
  EXPECT_EQ(percent_text(1.053), "+5.3 %");
  EXPECT_EQ(percent_text(0.9), "-10.0 %");
  EXPECT_EQ(percent_text(0.99999), "+0.0 %");
  EXPECT_EQ(percent_text(std::nullopt), "-");
  EXPECT_EQ(percent_text(1 / 0.0), "inf");
}

}  // namespace
}  // namespace interleave
