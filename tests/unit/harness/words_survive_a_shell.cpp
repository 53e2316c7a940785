// Promise: a word that is quoted is the same word when bash has read it, and on one line.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "harness/posix/shell_word.hpp"
#include "harness/trial/child.hpp"

namespace interleave {
namespace {

std::string as_bash_reads(const std::string& word) {
  return output_of("/bin/bash", {"-c", "printf '<%s>' " + word}, std::chrono::seconds(60));
}

TEST(ShellWord, IsItselfAgain) {
  for (const std::string text :
       {"plain/path-1.0", "", "two words", "it's", "$HOME", "`id`", "a;b&c|d", "*", "~", "-x", "#", "back\\slash", "\"",
        "a'b'c", "line\nline", "tab\there's\\", "caf\xe9", "\x01\x7f"}) {
    const std::string word = shell_word(text);
    EXPECT_EQ(as_bash_reads(word), "<" + text + ">") << word;
    EXPECT_EQ(word.find('\n'), std::string::npos);
  }
}

TEST(ShellWord, IsLeftAloneWhereNothingNeedsQuotes) {
  EXPECT_EQ(shell_word("results/20260101T000000Z-abc-host"), "results/20260101T000000Z-abc-host");
}

}  // namespace
}  // namespace interleave
