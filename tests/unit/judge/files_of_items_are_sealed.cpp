// The two files of a trial: nobody can truncate them, inputs cannot be written, and what is written later is noticed.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "harness/judge/item_files.hpp"

namespace interleave {
namespace {

constexpr std::uint32_t kItems = 5;

class Written {
 public:
  explicit Written(int fd)
      : bytes_(tape_bytes(kItems)), at_(mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) {}
  ~Written() { munmap(at_, bytes_); }
  char& operator[](std::size_t at) { return static_cast<char*>(at_)[at]; }

 private:
  std::size_t bytes_;
  void* at_;
};

TEST(ItemFiles, KeepTheirSize) {
  const ItemFiles files(kItems);
  EXPECT_NE(ftruncate(files.tape(), 0), 0);
  EXPECT_NE(ftruncate(files.tape(), 1 << 20), 0);
  EXPECT_NE(ftruncate(files.inputs(), 0), 0);
}

TEST(ItemFiles, InputsAreForReadingAndZerosUntilTheyAreFilled) {
  const ItemFiles files(kItems);
  EXPECT_EQ(mmap(nullptr, inputs_bytes(kItems), PROT_WRITE, MAP_SHARED, files.inputs(), 0), MAP_FAILED);
  auto* const seen =
      static_cast<const char*>(mmap(nullptr, inputs_bytes(kItems), PROT_READ, MAP_SHARED, files.inputs(), 0));
  ASSERT_NE(static_cast<const void*>(seen), MAP_FAILED);
  const auto* const inputs = reinterpret_cast<const ItemInput*>(seen + sizeof(FileHeader));
  EXPECT_EQ(inputs[4].work, 0U);
  std::vector<ItemInput> filled(kItems);
  filled[4].work = 77;
  files.fill(filled);
  EXPECT_EQ(inputs[4].work, 77U) << "visible where it was mapped before";
  EXPECT_TRUE(files.same_inputs(filled));
  filled[4].work = 78;
  EXPECT_FALSE(files.same_inputs(filled));
}

TEST(ItemFiles, WhatIsWrittenAfterTheCopyIsNoticed) {
  const ItemFiles files(kItems);
  Written tape(files.tape());
  const TapeCopy copy = files.copy_tape();
  EXPECT_TRUE(copy.guard_intact);
  EXPECT_TRUE(files.same_tape(copy));
  tape[sizeof(FileHeader) + 3 * sizeof(Record) + 55] = 1;
  EXPECT_FALSE(files.same_tape(copy));
}

TEST(ItemFiles, WhatIsWrittenBehindTheLastRecordIsNoticed) {
  const ItemFiles files(kItems);
  Written tape(files.tape());
  tape[tape_bytes(kItems) - 1] = 1;
  EXPECT_FALSE(files.copy_tape().guard_intact);
}

TEST(ItemFiles, WhatIsWrittenIntoTheHeadIsNoticed) {
  for (const std::size_t at : {std::size_t{0}, std::size_t{9}, std::size_t{13}, sizeof(FileHeader) - 1}) {
    const ItemFiles files(kItems);
    EXPECT_TRUE(files.copy_tape().header_intact);
    Written tape(files.tape());
    tape[16] = 1;  // when the run starts is the worker's to write
    EXPECT_TRUE(files.copy_tape().header_intact);
    tape[at] ^= 1;
    EXPECT_FALSE(files.copy_tape().header_intact) << at;
  }
}

TEST(ItemFiles, AFileOfAnotherKindOrSizeIsToldFromItsHeader) {
  const ItemFiles files(kItems);
  const FileHeader header = files.copy_tape().header;
  EXPECT_EQ(header_fault(header, kTapeMagic, sizeof(Record), kItems), std::nullopt);
  EXPECT_NE(header_fault(header, kInputsMagic, sizeof(Record), kItems), std::nullopt);
  EXPECT_NE(header_fault(header, kTapeMagic, sizeof(Record), kItems + 1)->find("5 items"), std::string::npos);
  EXPECT_NE(header_fault(header, kTapeMagic, 32, kItems), std::nullopt);
}

}  // namespace
}  // namespace interleave
