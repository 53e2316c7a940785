// ReplyReader: every framing, however the bytes are cut, comes to the same reply.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "harness/http/crc32c.hpp"
#include "harness/http/reply_fields.hpp"
#include "harness/http/reply_reader.hpp"

namespace interleave {
namespace {

// Feeds `bytes` in pieces of `piece`, each in the same place, until the reader says it is complete; tells whether it
// did.
bool feed(ReplyReader& reader, std::string_view bytes, std::size_t piece) {
  static std::vector<char> space;
  space.assign(piece, '#');
  while (!bytes.empty()) {
    const std::size_t n = std::min(piece, bytes.size());
    std::memcpy(space.data(), bytes.data(), n);
    bytes.remove_prefix(n);
    if (reader.received(std::span<const char>(space).first(n))) return true;
  }
  return false;
}

struct Whole {
  const char* name;
  std::string bytes;
  std::uint16_t status;
  std::string body;
};

const Whole kWhole[] = {
    {.name = "length", .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", .status = 200, .body = "hello"},
    {.name = "empty", .bytes = "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n", .status = 418, .body = ""},
    {.name = "no content", .bytes = "HTTP/1.1 204 No Content\r\n\r\n", .status = 204, .body = ""},
    {.name = "chunked",
     .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n4;x=y\r\nello\r\n0\r\nA: b\r\n\r\n",
     .status = 200,
     .body = "hello"},
    {.name = "interim",
     .bytes = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 Not "
              "Found\r\nContent-Length: 2\r\n\r\nno",
     .status = 404,
     .body = "no"},
};

TEST(ReplyReader, ReadsEveryFramingInPiecesOfEverySize) {
  for (const Whole& whole : kWhole) {
    for (std::size_t piece = 1; piece <= whole.bytes.size(); ++piece) {
      ReplyReader reader;
      ASSERT_TRUE(feed(reader, whole.bytes, piece)) << whole.name << " in pieces of " << piece;
      const Reply& reply = reader.reply();
      ASSERT_EQ(reply.status, whole.status) << whole.name;
      ASSERT_EQ(reply.outcome, outcome_of_status(whole.status)) << whole.name;
      ASSERT_EQ(reply.bytes, whole.body.size()) << whole.name;
      ASSERT_EQ(reply.digest, crc32c(0, whole.body)) << whole.name;
      ASSERT_TRUE(reader.keep_alive()) << whole.name;
    }
  }
}

TEST(ReplyReader, IsNotCompleteBeforeTheLastByte) {
  for (const Whole& whole : kWhole) {
    ReplyReader reader;
    EXPECT_FALSE(feed(reader, std::string_view(whole.bytes).substr(0, whole.bytes.size() - 1), 1)) << whole.name;
  }
}

TEST(ReplyReader, DigestsABodyWhoseEndComesLater) {
  ReplyReader reader;
  const std::string_view bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  ASSERT_FALSE(reader.received(bytes.substr(0, bytes.size() - 5)));
  ASSERT_TRUE(reader.received(bytes.substr(bytes.size() - 5)));
  EXPECT_EQ(reader.reply().digest, crc32c(0, "hello"));
}

TEST(ReplyFields, TellWhenTheServerSentTheReply) {
  EXPECT_EQ(server_sent_in("1,20,300"), 300);
  EXPECT_EQ(server_sent_in("7"), 0);
  EXPECT_EQ(server_sent_in("1,2,"), 0);
  EXPECT_EQ(server_sent_in(""), 0);
  EXPECT_EQ(server_sent_in("1,99999999999999999999"), 0);
}

TEST(ReplyReader, TellsRetryAfterInSeconds) {
  const std::pair<const char*, std::uint32_t> said[] = {{"Retry-After: 7", 7},
                                                        {"retry-after:120", 120},
                                                        {"Retry-After: Fri, 31 Dec 1999 23:59:59 GMT", 0},
                                                        {"Retry-After: 5000000000", 0},
                                                        {"Retry-After: -1", 0},
                                                        {"Retry-After: 3s", 0},
                                                        {"X-Other: 9", 0}};
  ReplyReader reader;  // the same for all: what one reply said is forgotten
  for (const auto& [line, seconds] : said) {
    reader.begin();
    const std::string interim = "HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\n\r\n";
    const std::string final = "HTTP/1.1 503 Busy\r\n" + std::string(line) + "\r\nContent-Length: 0\r\n\r\n";
    ASSERT_TRUE(feed(reader, interim + final, 1000)) << line;
    EXPECT_EQ(reader.reply().retry_after_s, seconds) << line;
  }
}

TEST(ReplyReader, ForgetsTheLastReply) {
  ReplyReader reader;
  for (const Whole& whole : kWhole) {
    reader.begin();
    ASSERT_TRUE(feed(reader, whole.bytes, 7)) << whole.name;
    EXPECT_EQ(reader.reply().digest, crc32c(0, whole.body)) << whole.name;
  }
}

TEST(ReplyReader, ReadsBodiesLargerThanItsBuffer) {
  const std::string body(100'000, 'x');
  const std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + body;
  for (const std::size_t piece : {1000U, 8192U, 100'000U}) {
    ReplyReader reader;
    ASSERT_TRUE(feed(reader, bytes, piece));
    EXPECT_EQ(reader.reply().bytes, body.size());
    EXPECT_EQ(reader.reply().digest, crc32c(0, body));
  }
}

TEST(ReplyReader, ReadsTheServersLastTimeStamp) {
  ReplyReader reader;
  ASSERT_TRUE(feed(reader, "HTTP/1.1 200 OK\r\nx-times: 11,22,33\r\nContent-Length: 0\r\n\r\n", 3));
  EXPECT_EQ(reader.reply().server_sent_ns, 33);
  EXPECT_GT(reader.reply().first_byte_ns, 0);
  reader.begin();
  ASSERT_TRUE(feed(reader, kWhole[0].bytes, 100));
  EXPECT_EQ(reader.reply().server_sent_ns, 0);
}

TEST(ReplyReader, KeepsTheConnectionOnlyWhereTheReplyAllowsIt) {
  ReplyReader reader;
  ASSERT_TRUE(feed(reader, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 100));
  EXPECT_EQ(reader.reply().outcome, Outcome::ok);
  EXPECT_FALSE(reader.keep_alive());
  reader.begin();
  ASSERT_TRUE(feed(reader, "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 100));
  EXPECT_FALSE(reader.keep_alive());
}

TEST(ReplyReader, BytesNobodyAskedForEndTheConnection) {
  ReplyReader reader;
  ASSERT_TRUE(feed(reader, kWhole[0].bytes + "HTTP/1.1 200 OK\r\n", 1000));
  EXPECT_EQ(reader.reply().outcome, Outcome::ok);
  EXPECT_EQ(reader.reply().bytes, 5U);
  EXPECT_FALSE(reader.keep_alive());
}

}  // namespace
}  // namespace interleave
