// Promise: a program whose content changes is noticed at the next look, one that is only touched is not.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>

#include "harness/machine/programs.hpp"
#include "harness/posix/scratch.hpp"

namespace interleave {
namespace {

namespace fs = std::filesystem;

class Replaced : public testing::Test {
 protected:
  Replaced() { write("old"); }
  void write(const std::string& text) { std::ofstream(file_) << text; }
  ProgramWatch watch() { return {{{"a_model", file_}}, fingerprints_of({{"a_model", file_}})}; }
  const Scratch scratch_;
  const fs::path file_ = scratch_.path() / "program";
};

TEST_F(Replaced, NothingChanged) {
  ProgramWatch programs = watch();
  EXPECT_FALSE(programs.changed());
  EXPECT_FALSE(programs.changed());
}

TEST_F(Replaced, TouchedIsNotChanged) {
  ProgramWatch programs = watch();
  EXPECT_FALSE(programs.changed());
  fs::last_write_time(file_, fs::last_write_time(file_) + std::chrono::hours(1));
  EXPECT_FALSE(programs.changed());
}

TEST_F(Replaced, WrittenOverInTheSameSize) {
  ProgramWatch programs = watch();
  EXPECT_FALSE(programs.changed());
  write("new");
  const auto said = programs.changed();
  ASSERT_TRUE(said);
  EXPECT_NE(said->find("a_model"), std::string::npos);
  EXPECT_NE(said->find(file_.string()), std::string::npos);
}

TEST_F(Replaced, AnotherFileMovedInItsPlace) {
  ProgramWatch programs = watch();
  std::ofstream(scratch_.path() / "other") << "another content";
  fs::rename(scratch_.path() / "other", file_);
  EXPECT_TRUE(programs.changed());
}

TEST_F(Replaced, Gone) {
  ProgramWatch programs = watch();
  fs::remove(file_);
  ASSERT_TRUE(programs.changed());
  EXPECT_NE(programs.changed()->find("is gone"), std::string::npos);
}

TEST_F(Replaced, BeforeTheFirstLook) {
  const auto before = fingerprints_of({{"a_model", file_}});
  write("changed since");
  EXPECT_TRUE(ProgramWatch({{"a_model", file_}}, before).changed());
}

}  // namespace
}  // namespace interleave
