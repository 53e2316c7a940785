// Every file that a trial was to leave is compared, and what it was not to leave is found.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

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
  std::string reasons(std::int64_t over_ns = now_ns()) const {
    std::string all;
    for (const Reason& reason : files_.why_void({.go_ns = 0, .over_ns = over_ns})) all += reason.sentence() + ";";
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

constexpr std::int64_t kMinuteNs = 60'000'000'000;
const char* const kLate = "window: item 0: its file was written after the run was over (and 2 more items);";

TEST_F(SavedFilesTest, AFileFromBehindTheRunIsLate) {
  write_all();
  EXPECT_EQ(reasons(now_ns() - kMinuteNs), kLate);
}

TEST_F(SavedFilesTest, ALateFileCannotBeDatedBack) {
  write_all();
  const timespec earlier{.tv_sec = time(nullptr) - 3600, .tv_nsec = 0};
  const timespec times[2] = {earlier, earlier};
  for (const char* const name : {"0", "2", "3"}) {
    ASSERT_EQ(utimensat(AT_FDCWD, (files_.folder() / name).c_str(), times, 0), 0);
  }
  EXPECT_EQ(reasons(now_ns() - kMinuteNs), kLate);
}

TEST_F(SavedFilesTest, AFileThatWasMovedIntoItsPlaceIsInTime) {
  write_all();
  std::filesystem::rename(files_.folder() / "0", scratch_.path() / "0");
  std::filesystem::rename(scratch_.path() / "0", files_.folder() / "0");
  std::filesystem::create_hard_link(files_.folder() / "2", scratch_.path() / "2");
  EXPECT_EQ(reasons(), "");
}

TEST_F(SavedFilesTest, AFolderThatIsGoneHasNoFiles) {
  std::filesystem::remove_all(files_.folder());
  EXPECT_EQ(reasons(), "oracle: item 0: it left no file (and 2 more items);");
}

// Nothing of these may be opened as a file is: one throws when it is read, one never opens, one never ends.
TEST_F(SavedFilesTest, WhatIsNoRegularFileIsNamed) {
  write("3", "");
  std::filesystem::create_directory(files_.folder() / "0");
  ASSERT_EQ(::mkfifo((files_.folder() / "2").c_str(), 0600), 0);
  EXPECT_EQ(reasons(), "oracle: item 0: what it left is no regular file that can be read (and 1 more items);");
}

TEST_F(SavedFilesTest, ALinkIsNotFollowed) {
  write_all();
  for (const char* const target : {"/dev/zero", "/nonexistent", "2"}) {
    std::filesystem::remove(files_.folder() / "0");
    std::filesystem::create_symlink(target, files_.folder() / "0");
    EXPECT_EQ(reasons(), "oracle: item 0: what it left is no regular file that can be read;") << target;
  }
}

TEST_F(SavedFilesTest, AFileThatIsTooLargeIsNotRead) {
  write_all();
  std::filesystem::resize_file(files_.folder() / "2", std::uintmax_t{1} << 40);  // a hole
  EXPECT_EQ(reasons(), "oracle: item 2: its file has 1099511627776 bytes, expected 3;");
}

// Who is root may enter every folder, and must not be.
class AsAnyUser {
 public:
  AsAnyUser() {
    if (was_ != 0) return;
    EXPECT_EQ(::seteuid(kNobody), 0);
  }
  ~AsAnyUser() {
    if (was_ != 0) return;
    EXPECT_EQ(::seteuid(0), 0);
  }
  AsAnyUser(const AsAnyUser&) = delete;
  AsAnyUser& operator=(const AsAnyUser&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  const uid_t was_ = ::geteuid();
};

// What the next trial would begin with.
TEST_F(SavedFilesTest, AClosedFolderGoesAsWell) {
  const AsAnyUser user;
  const Scratch scratch;
  const std::filesystem::path folder = scratch.path() / "saved", closed = folder / "outer" / "closed";
  std::filesystem::create_directories(closed);
  std::ofstream(closed / "file") << "text";
  for (const auto& each : {closed, folder / "outer", folder}) ASSERT_EQ(::chmod(each.c_str(), 0), 0);
  const SavedFiles files(folder, expected_);
  EXPECT_TRUE(std::filesystem::is_empty(folder));
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
