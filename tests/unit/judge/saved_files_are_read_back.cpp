// Every file that a trial was to leave is compared, and what it was not to leave is found.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>
#include <vector>

#include "harness/http/crc32c.hpp"
#include "harness/judge/saved_files.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/posix/scratch.hpp"

namespace interleave {
namespace {

SavedFile file_of(const std::string& text) { return {.is_one = true, .digest = crc32c(0, text), .bytes = text.size()}; }

class SavedFilesTest : public testing::Test {
 protected:
  const std::vector<SavedFile> expected_{file_of("zero"), {}, file_of("two"), file_of("")};
  const Scratch scratch_;
  const SavedFiles files_{scratch_.path() / "saved", expected_};

  void write(const std::string& name, const std::string& text) const { std::ofstream(files_.folder() / name) << text; }
  void write_all() const {
    write("0", "zero");
    write("2", "two");
    write("3", "");
  }
  std::string reasons() const {
    std::string all;
    for (const Reason& reason : files_.why_void({.go_ns = 0, .over_ns = now_ns()})) all += reason.sentence() + ";";
    return all;
  }
};

TEST_F(SavedFilesTest, WhatIsRightHasNoReason) {
  write_all();
  EXPECT_EQ(reasons(), "");
}

TEST_F(SavedFilesTest, AMissingFileIsNamed) {
  write("0", "zero");
  EXPECT_EQ(reasons(), "oracle: item 2: it left no file (and 1 more items);");
}

TEST_F(SavedFilesTest, OtherContentIsNamed) {
  write_all();
  write("2", "owt");
  EXPECT_NE(reasons().find("oracle: item 2: its file has 3 bytes with CRC-32C"), std::string::npos) << reasons();
}

TEST_F(SavedFilesTest, AFileThatNobodyAskedForIsCounted) {
  write_all();
  write("1", "one");
  EXPECT_EQ(reasons(), "oracle: 4 files were left, 3 asked for;");
}

TEST_F(SavedFilesTest, AFileFromBehindTheRunIsLate) {
  write_all();
  const timespec now{.tv_sec = time(nullptr) + 60, .tv_nsec = 0};
  const timespec times[2] = {now, now};
  ASSERT_EQ(utimensat(AT_FDCWD, (files_.folder() / "2").c_str(), times, 0), 0);
  EXPECT_EQ(reasons(), "window: item 2: its file was written after the run was over;");
}

TEST_F(SavedFilesTest, TheFolderIsGoneWithTheObjectAndMadeAnew) {
  const std::filesystem::path folder = scratch_.path() / "another";
  {
    const SavedFiles files(folder, expected_);
    std::ofstream(folder / "rest") << "rest";
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "left") << "left by a trial that was killed";
  const SavedFiles files(folder, expected_);
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

}  // namespace
}  // namespace interleave
