// Bodies: byte k of the noise is what body.hpp says, windows join up, digests are those of the bytes.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "harness/http/body.hpp"
#include "harness/http/crc32c.hpp"

namespace interleave {
namespace {

char byte_by_definition(std::uint64_t item, std::uint64_t offset) {
  const std::uint64_t k = (body_start(item) + offset) % kNoisePeriod;
  return static_cast<char>(mix64(k / 8) >> (8 * (k % 8)));
}

TEST(Body, IsThePureFunctionOfItemAndOffset) {
  for (const std::uint64_t item : {0U, 1U, 99U, 4'000'000U}) {
    const std::string_view window = body_window(item, 5, 300);
    ASSERT_EQ(window.size(), 300U);
    for (std::size_t i = 0; i < window.size(); ++i) ASSERT_EQ(window[i], byte_by_definition(item, 5 + i));
  }
}

TEST(Body, WindowsJoinUpAcrossTheEndOfTheNoise) {
  const std::uint64_t item = 1;
  const std::uint64_t to_end = kNoisePeriod - body_start(item);
  const std::string_view across = body_window(item, to_end - 10, 20);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(across[i], byte_by_definition(item, to_end - 10 + i));
}

TEST(Body, AWindowIsNeverLongerThanIsContiguous) { EXPECT_EQ(body_window(0, 0, 10 * kContiguous).size(), kContiguous); }

TEST(Body, DigestIsThatOfTheBytes) {
  for (const std::uint64_t size :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{4096}, std::uint64_t{3 * kContiguous + 17}}) {
    std::string bytes;
    for (std::uint64_t i = 0; i < size; ++i) bytes += byte_by_definition(42, i);
    EXPECT_EQ(body_digest(42, size), crc32c_by_table(0, bytes)) << size;
  }
}

TEST(Body, ItemsDiffer) { EXPECT_NE(body_digest(1, 1024), body_digest(2, 1024)); }

}  // namespace
}  // namespace interleave
