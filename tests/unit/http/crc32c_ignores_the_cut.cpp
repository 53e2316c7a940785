// CRC-32C: known vectors, table and instruction agree, and the cut of the stream does not matter.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "harness/http/body.hpp"
#include "harness/http/crc32c.hpp"

namespace interleave {
namespace {

// RFC 3720 appendix B.4, and the check value of the CRC catalogue.
TEST(Crc32c, MatchesPublishedVectors) {
  EXPECT_EQ(crc32c(0, "123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c(0, std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(crc32c(0, std::string(32, '\xff')), 0x62a8ab43U);
  std::string rising(32, '\0');
  for (std::size_t i = 0; i < rising.size(); ++i) rising[i] = static_cast<char>(i);
  EXPECT_EQ(crc32c(0, rising), 0x46dd794eU);
  EXPECT_EQ(crc32c(0, ""), 0U);
}

TEST(Crc32c, TableAndInstructionAgreeAtEveryLengthAndAlignment) {
  const std::string_view bytes = body_window(7, 0, 4096);
  for (std::size_t length = 0; length < 2000; ++length) {
    const std::string_view piece = bytes.substr(length % 17, length);
    ASSERT_EQ(crc32c(0x12345678, piece), crc32c_by_table(0x12345678, piece)) << length;
  }
}

TEST(Crc32c, EveryCutGivesTheSame) {
  const std::string_view bytes = body_window(3, 11, 1600);
  const std::uint32_t whole = crc32c(0, bytes);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    ASSERT_EQ(crc32c(crc32c(0, bytes.substr(0, cut)), bytes.substr(cut)), whole) << cut;
  }
}

TEST(Crc32c, SeesOneBit) {
  std::string bytes(body_window(5, 0, 1000));
  const std::uint32_t before = crc32c(0, bytes);
  bytes[777] = static_cast<char>(bytes[777] ^ 4);
  EXPECT_NE(crc32c(0, bytes), before);
}

}  // namespace
}  // namespace interleave
