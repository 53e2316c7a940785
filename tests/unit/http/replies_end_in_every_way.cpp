// ReplyReader: what a closed, failed, malformed or abandoned exchange comes to.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "harness/http/reply_reader.hpp"

namespace interleave {
namespace {

bool feed(ReplyReader& reader, std::string_view bytes) { return !bytes.empty() && reader.received(bytes); }

Reply after_close(std::string_view bytes, int error = 0) {
  ReplyReader reader;
  EXPECT_FALSE(feed(reader, bytes)) << bytes;
  reader.ended(error);
  EXPECT_FALSE(reader.keep_alive());
  return reader.reply();
}

TEST(ReplyEnds, CloseDelimitedIsComplete) {
  const Reply reply = after_close("HTTP/1.1 200 OK\r\n\r\nhello");
  EXPECT_EQ(reply.outcome, Outcome::ok);
  EXPECT_EQ(reply.bytes, 5U);
  EXPECT_EQ(after_close("HTTP/1.1 200 OK\r\n\r\n").outcome, Outcome::ok);
}

TEST(ReplyEnds, ACloseTooEarlyIsTruncated) {
  EXPECT_EQ(after_close("").outcome, Outcome::truncated);
  EXPECT_EQ(after_close("HTTP/1.1 20").outcome, Outcome::truncated);
  EXPECT_EQ(after_close("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n").outcome, Outcome::truncated);
  EXPECT_EQ(after_close("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell").outcome, Outcome::truncated);
  EXPECT_EQ(after_close("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n").outcome,
            Outcome::truncated);
  EXPECT_EQ(after_close("HTTP/1.1 100 Continue\r\n\r\n").outcome, Outcome::truncated);
}

TEST(ReplyEnds, AFailedSocketIsAReset) {
  EXPECT_EQ(after_close("", ECONNRESET).outcome, Outcome::reset);
  EXPECT_EQ(after_close("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", ECONNRESET).outcome, Outcome::reset);
  EXPECT_EQ(after_close("HTTP/1.1 200 OK\r\n\r\nhello", EPIPE).outcome, Outcome::reset);
}

TEST(ReplyEnds, GarbageIsMalformed) {
  const std::string garbage[] = {
      "garbage\r\n\r\n",
      "HTTP/1.1 2x0 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
      "HTTP/1.1 200 OK\r\nX: " + std::string(10'000, 'x') + "\r\n\r\n",
      std::string("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", 27),
  };
  for (const std::string& bytes : garbage) {
    ReplyReader reader;
    EXPECT_TRUE(feed(reader, bytes)) << bytes.substr(0, 60);
    EXPECT_EQ(reader.reply().outcome, Outcome::malformed) << bytes.substr(0, 60);
    EXPECT_FALSE(reader.keep_alive());
  }
}

TEST(ReplyEnds, GivingUpIsWhatTheClientSays) {
  ReplyReader reader;
  reader.abandoned(Outcome::timeout);
  EXPECT_EQ(reader.reply().outcome, Outcome::timeout);
  EXPECT_FALSE(reader.keep_alive());
  reader.begin();
  EXPECT_FALSE(feed(reader, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"));
  reader.abandoned(Outcome::cancelled);
  EXPECT_EQ(reader.reply().outcome, Outcome::cancelled);
}

TEST(ReplyEnds, ABodyIsKeptWhereItIsAskedForAndNowhereElse) {
  ReplyReader reader;
  reader.begin(true);
  EXPECT_TRUE(feed(reader,
                   "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
                   "chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"));
  EXPECT_EQ(reader.body(), "hello");
  const std::string* const place = &reader.body();
  reader.begin();
  EXPECT_TRUE(feed(reader, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nworld"));
  EXPECT_EQ(reader.body(), "");
  EXPECT_EQ(&reader.body(), place);
}

TEST(ReplyEnds, TheNextExchangeStartsClean) {
  ReplyReader reader;
  EXPECT_TRUE(feed(reader, "garbage\r\n\r\n"));
  reader.begin();
  EXPECT_TRUE(feed(reader, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
  EXPECT_EQ(reader.reply().outcome, Outcome::ok);
  EXPECT_TRUE(reader.keep_alive());
}

// RFC 9110, 15.5.9: a server may send a 408 to a connection that is idle.
TEST(ReplyEnds, A408BehindAReplyEndsTheConnectionAndNotTheReply) {
  ReplyReader reader;
  ASSERT_TRUE(feed(reader,
                   "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 408 Request Timeout\r\nConnection: "
                   "close\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_EQ(reader.reply().outcome, Outcome::ok);
  EXPECT_EQ(reader.reply().bytes, 2U);
  EXPECT_FALSE(reader.keep_alive());
}

TEST(ReplyEnds, A408ThatMeetsTheNextRequestIsAnErrorAndEndsTheConnection) {
  ReplyReader reader;
  ASSERT_TRUE(feed(reader, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  ASSERT_TRUE(reader.keep_alive());
  reader.begin();
  ASSERT_TRUE(feed(reader, "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_EQ(reader.reply().outcome, Outcome::http_error);
  EXPECT_EQ(reader.reply().status, 408);
  EXPECT_FALSE(reader.keep_alive());
}

}  // namespace
}  // namespace interleave
