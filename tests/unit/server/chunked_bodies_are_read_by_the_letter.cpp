// A chunked body: however it is cut, the same content comes out, or the same refusal.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "harness/server/chunked_body.hpp"

namespace interleave {
namespace {

struct Result {
  std::string content;
  unsigned refused = 0;
  bool done = false;
  std::size_t taken = 0;
  bool operator==(const Result&) const = default;
};

Result read(std::string_view bytes, std::size_t cut) {
  ChunkedBody body;
  Result result;
  while (result.taken != bytes.size() && !body.done() && !body.refusal()) {
    const auto taken = body.take_bytes(bytes.substr(result.taken, cut));
    result.taken += taken.bytes;
    result.content += taken.content;
  }
  result.refused = body.refusal().status;
  result.done = body.done();
  return result;
}

constexpr std::string_view kWhole = "3 ; a = \"b;\\\"\" ;c\r\nabc\r\n0002;d=e\r\nde\r\n000\r\nT: r\r\nU:\r\n\r\nGET";

TEST(ChunkedBody, EndsWhereItEndsHoweverItIsCut) {
  for (std::size_t cut = 1; cut <= kWhole.size(); ++cut) {
    EXPECT_EQ(read(kWhole, cut), (Result{.content = "abcde", .refused = 0, .done = true, .taken = kWhole.size() - 3}))
        << cut;
  }
}

TEST(ChunkedBody, WaitsForWhatIsMissing) {
  for (std::size_t have = 0; have < kWhole.size() - 3; ++have) {
    const Result result = read(kWhole.substr(0, have), 7);
    EXPECT_EQ(result.refused, 0U) << have;
    EXPECT_FALSE(result.done) << have;
  }
}

TEST(ChunkedBody, IsRefusedAtTheByteThatIsWrong) {
  for (const std::string_view bad : {"\n", "g", "3\n", "3\rx", "3 \r", "3;\r", "3;a=\r", "3;a b", "1\r\na\n", "1\r\nab",
                                     "0\r\n\n", "0\r\n\rx", "0\r\nT\r", "0\r\nT: r\n", "0\r\n "}) {
    EXPECT_EQ(read(bad.substr(0, bad.size() - 1), 1).refused, 0U) << bad;
    EXPECT_EQ(read(bad, 1).refused, 400U) << bad;
  }
}

// A size beyond 64 bits must not come round to a small one, nor the sum of two.
TEST(ChunkedBody, SizesDoNotOverflow) {
  EXPECT_EQ(read("10000000000000001\r\n", 1).refused, 400U);
  EXPECT_EQ(read("ffffffffffffffff\r\n", 1).refused, 413U);
  EXPECT_EQ(read("1\r\na\r\nffffffffffffffff\r\n", 1).refused, 413U);
}

}  // namespace
}  // namespace interleave
