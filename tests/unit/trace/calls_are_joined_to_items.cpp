// Calls and records on one clock: whose call it was, what an item was doing, what a thread waited for.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <stdexcept>

#include "harness/trace/timeline.hpp"

namespace interleave {
namespace {

constexpr std::int64_t kBegun = 2'000'000'000;   // the run's start by the clock of the records
constexpr std::int64_t kOffset = 3'000'000'000;  // strace's clock is so much ahead: its start is at 5 s
constexpr std::int64_t kMs = 1'000'000;

Record record(std::int64_t start_ms, std::int64_t first_byte_ms, std::int64_t end_ms) {
  Record made;
  made.start_ns = kBegun + start_ms * kMs;
  made.first_byte_ns = first_byte_ms == 0 ? 0 : kBegun + first_byte_ms * kMs;
  made.end_ns = kBegun + end_ms * kMs;
  made.finishes = 1;
  return made;
}

TracedRun run_of(const char* trace, std::vector<Record> records, bool waits, bool computes) {
  TracedRun run{
      .log = read_strace_log(trace), .clock = {.offset_ns = kOffset, .error_ns = 0}, .tape = {}, .inputs = {}};
  run.waits = waits;
  run.computes = computes;
  run.tape.header.run_starts_ns = kBegun;
  for (std::uint32_t item = 0; item < records.size(); ++item) run.inputs.push_back({.argument = item});
  run.tape.records = std::move(records);
  return run;
}

std::string words_of(const ItemLine& item) {
  std::string words;
  for (const StageSpan& span : item.stages)
    words += std::string(name_of(span.stage)) + " " + std::to_string(span.from_ns / kMs) + "-" +
             std::to_string(span.to_ns / kMs) + " ";
  return words;
}

// One thread with two connections: what it reads from either is of the item that asked there.
constexpr const char* kLoop =
    "10 4.990000000 sendto(9, \"ready\\n\", 6, MSG_NOSIGNAL, NULL, 0) = 6 <0.000010000>\n"
    "10 4.991000000 read(9, \"g\", 1) = 1 <0.007000000>\n"
    "10 4.998500000 read(9, \"\\n\", 1) = 1 <0.000010000>\n"
    "10 5.000100000 sendto(5, \"GET /item/0 HTTP/1.1\\r\\n\"..., 60, 0, NULL, 0) = 60 <0.000020000>\n"
    "10 5.000200000 sendto(6, \"GET /item/1 HTTP/1.1\\r\\n\"..., 60, 0, NULL, 0) = 60 <0.000020000>\n"
    "10 5.001000000 epoll_wait(4, [{}], 8, -1) = 1 <0.019000000>\n"
    "10 5.020000000 recvfrom(6, \"HTTP/1.1 200 OK\"..., 4096, 0, NULL, NULL) = 900 <0.000000000>\n"
    "10 5.024000000 recvfrom(6, \"x\"..., 4096, 0, NULL, NULL) = 20 <0.000000000>\n"
    "10 5.024500000 recvfrom(6, 0x7f, 4096, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable) "
    "<0.000010000>\n"
    "10 5.031000000 sendto(6, \"GET /item/2 HTTP/1.1\\r\\n\"..., 60, 0, NULL, 0) = 60 <0.000020000>\n"
    "10 5.032000000 epoll_wait(4, [{}], 8, -1) = 1 <0.008000000>\n"
    "10 5.040000000 recvfrom(5, \"HTTP/1.1 200 OK\"..., 4096, 0, NULL, NULL) = 900 <0.000000000>\n"
    "10 5.045000000 epoll_wait(4, [{}], 8, -1) = 1 <0.005000000>\n"
    "10 5.050000000 recvfrom(6, \"HTTP/1.1 200 OK\"..., 4096, 0, NULL, NULL) = 900 <0.000000000>\n"
    "10 5.061000000 sendto(9, \"over\\n\", 5, MSG_NOSIGNAL, NULL, 0) = 5 <0.000010000>\n";
const std::vector<Record> kLoopRecords{record(0, 40, 45), record(0, 20, 31), record(31, 50, 60)};

TEST(Timeline, ACallIsOfTheItemThatAskedOnItsDescriptor) {
  const Timeline timeline = timeline_of(run_of(kLoop, kLoopRecords, true, true));
  ASSERT_EQ(timeline.items.size(), 3U);
  EXPECT_EQ(words_of(timeline.items[0]), "waits 0-40 computes 40-45 ");
  EXPECT_EQ(words_of(timeline.items[1]), "waits 0-20 reads 20-24 computes 24-31 ");
  EXPECT_EQ(words_of(timeline.items[2]), "waits 31-50 computes 50-60 ");
  EXPECT_EQ(timeline.run_ns, 60 * kMs);
  EXPECT_EQ(timeline.calls, 11U);
  EXPECT_EQ(timeline.joined, 8U);
  EXPECT_EQ(timeline.items[1].threads, std::vector<int>{10});
}

TEST(Timeline, AnItemHasTheLaneOfItsConnection) {
  const Timeline timeline = timeline_of(run_of(kLoop, kLoopRecords, true, true));
  EXPECT_EQ(timeline.items[0].lane, 1U);
  EXPECT_EQ(timeline.items[1].lane, 2U);
  EXPECT_EQ(timeline.items[2].lane, 2U);
}

TEST(Timeline, OfTwoFreeLanesItIsTheOneOfItsConnection) {
  const Timeline timeline =
      timeline_of(run_of("10 5.001000000 sendto(5, \"GET /item/0 HTTP/1.1\"..., 60, 0, NULL, 0) = 60 <0.0001>\n"
                         "10 5.002000000 sendto(6, \"GET /item/1 HTTP/1.1\"..., 60, 0, NULL, 0) = 60 <0.0001>\n"
                         "10 5.041000000 sendto(6, \"GET /item/2 HTTP/1.1\"..., 60, 0, NULL, 0) = 60 <0.0001>\n",
                         {record(0, 20, 30), record(0, 20, 30), record(40, 50, 60)}, true, false));
  EXPECT_EQ(timeline.items[1].lane, 2U);
  EXPECT_EQ(timeline.items[2].lane, 2U);
}

// The number of a connection that was closed is the next file's.
TEST(Timeline, ADescriptorThatWasClosedIsNobodys) {
  const Timeline timeline =
      timeline_of(run_of("10 5.001000000 sendto(5, \"GET /item/0 HTTP/1.1\"..., 60, 0, NULL, 0) = 60 <0.0001>\n"
                         "10 5.010000000 recvfrom(5, \"HTTP/1.1 200\"..., 4096, 0, NULL, NULL) = 90 <0.0>\n"
                         "10 5.011000000 close(5) = 0 <0.0001>\n"
                         "10 5.020000000 read(5, \"text\", 4096) = 4 <0.0001>\n",
                         {record(0, 10, 30)}, true, true));
  EXPECT_EQ(timeline.joined, 3U);
  EXPECT_EQ(words_of(timeline.items[0]), "waits 0-10 computes 10-30 ");
}

TEST(Timeline, AThreadWaitsOrRunsAtEveryMoment) {
  const Timeline timeline = timeline_of(run_of(kLoop, kLoopRecords, true, true));
  ASSERT_EQ(timeline.threads.size(), 1U);
  const ThreadLine& main = timeline.threads.front();
  EXPECT_EQ(main.name, "main");
  EXPECT_EQ(main.turns, 3U);
  EXPECT_EQ(main.waits_ns, 32 * kMs);
  EXPECT_EQ(main.runs_ns, 28 * kMs);
  std::int64_t at_ns = 0;
  for (const StateSpan& state : main.states) {
    EXPECT_EQ(state.from_ns, at_ns);
    at_ns = state.to_ns;
  }
  EXPECT_EQ(at_ns, timeline.run_ns);
  EXPECT_EQ(main.calls.size(), 8U);
  EXPECT_EQ(main.calls.front().item, 0U);
}

// What a busy loop does to an item: its reply is there, and nobody reads it.
TEST(Timeline, AReplyThatLiesUnreadIsTold) {
  std::vector<Record> records = kLoopRecords;
  records[0].server_sent_ns = kBegun + 22 * kMs;
  records[1].server_sent_ns = kBegun + 19 * kMs + 500'000;  // on its way
  const Timeline timeline = timeline_of(run_of(kLoop, records, true, true));
  EXPECT_EQ(words_of(timeline.items[0]), "waits 0-22 unread 22-40 computes 40-45 ");
  EXPECT_EQ(words_of(timeline.items[1]), "waits 0-20 reads 20-24 computes 24-31 ");
  const char* ring = "10 4.9 getpid() = 10 <0.0001>\n10 5.1 getpid() = 10 <0.1>\n";
  Record alone = record(0, 20, 24);
  alone.server_sent_ns = kBegun + 10 * kMs;
  EXPECT_EQ(words_of(timeline_of(run_of(ring, {alone}, true, true)).items[0]),
            "waits 0-10 unread 10-20 computes 20-24 ");
}

// Where the kernel makes the calls, as with io_uring, only the records tell.
TEST(Timeline, WithoutCallsTheRecordsTellWhatTheyKnow) {
  const char* trace =
      "10 4.9 getpid() = 10 <0.0001>\n10 5.000000000 io_uring_enter(4, 2, 1) = 2 <0.03>\n10 5.1 getpid() = 10 <0.1>\n";
  EXPECT_EQ(words_of(timeline_of(run_of(trace, {record(0, 20, 24)}, true, true)).items[0]),
            "waits 0-20 computes 20-24 ");
  EXPECT_EQ(words_of(timeline_of(run_of(trace, {record(0, 20, 24)}, true, false)).items[0]), "waits 0-20 reads 20-24 ");
  EXPECT_EQ(words_of(timeline_of(run_of(trace, {record(0, 0, 24)}, true, false)).items[0]), "waits 0-24 ");
  EXPECT_EQ(words_of(timeline_of(run_of(trace, {record(0, 0, 24)}, false, true)).items[0]), "computes 0-24 ");
  EXPECT_EQ(words_of(timeline_of(run_of(trace, {record(0, 0, 24)}, true, true)).items[0]), "mixes 0-24 ");
  EXPECT_TRUE(timeline_of(run_of(trace, {record(0, 20, 24)}, true, false)).has_ring);
}

TEST(Timeline, ConnectingAndFurtherRequestsAreOfTheItem) {
  const Timeline timeline = timeline_of(run_of(
      "10 5.001000000 connect(7, {sa_family=AF_INET}, 16) = -1 EINPROGRESS (Operation now in progress) <0.0001>\n"
      "10 5.004000000 sendto(7, \"GET /item/0 HTTP/1.1\"..., 60, 0, NULL, 0) = 60 <0.0001>\n"
      "10 5.010000000 recvfrom(7, \"HTTP/1.1 503\"..., 4096, 0, NULL, NULL) = 90 <0.0>\n"
      "10 5.020000000 sendto(7, \"GET /item/0?attempt=1 HTTP/1.1\"..., 60, 0, NULL, 0) = 60 <0.0001>\n"
      "10 5.030000000 recvfrom(7, \"HTTP/1.1 200\"..., 4096, 0, NULL, NULL) = 90 <0.0>\n"
      "10 5.090000000 close(7) = 0 <0.0001>\n",
      {record(0, 30, 31)}, true, false));
  EXPECT_EQ(words_of(timeline.items[0]), "waits 0-1 connects 1-4 waits 4-30 reads 30-31 ");
  EXPECT_EQ(timeline.joined, 5U);
}

// A fork has the same numbers for other connections.
TEST(Timeline, DescriptorsAreThoseOfAProcess) {
  const Timeline timeline =
      timeline_of(run_of("10 4.900000000 fork() = 11 <0.0001>\n"
                         "11 5.001000000 sendto(7, \"GET /item/1 HTTP/1.1\"..., 60, 0, NULL, 0) = 60 <0.0001>\n"
                         "10 5.002000000 sendto(7, \"GET /item/0 HTTP/1.1\"..., 60, 0, NULL, 0) = 60 <0.0001>\n"
                         "11 5.003000000 recvfrom(7, \"HTTP/1.1 200\"..., 4096, 0, NULL, NULL) = 90 <0.017>\n"
                         "10 5.004000000 recvfrom(7, \"HTTP/1.1 200\"..., 4096, 0, NULL, NULL) = 90 <0.036>\n"
                         "11 5.050000000 getpid() = 11 <0.0001>\n10 5.050000000 getpid() = 10 <0.0001>\n",
                         {record(0, 40, 41), record(0, 20, 21)}, true, false));
  EXPECT_EQ(words_of(timeline.items[0]), "waits 0-40 reads 40-41 ");
  EXPECT_EQ(words_of(timeline.items[1]), "waits 0-20 reads 20-21 ");
  ASSERT_EQ(timeline.threads.size(), 2U);
  EXPECT_EQ(timeline.threads[1].name, "process 2");
  EXPECT_EQ(timeline.threads[1].waits_ns, 17 * kMs);  // a read that blocks
}

TEST(Timeline, ItemsOnOneLaneWhereNobodyTellsLanes) {
  const char* trace =
      "10 4.9 getpid() = 10 <0.1>\n10 5.0 epoll_wait(4, [], 8, 9) = 0 <0.09>\n10 5.1 getpid() = 10 <0.1>\n";
  const Timeline after_another = timeline_of(run_of(trace, {record(0, 0, 10), record(10, 0, 30)}, true, false));
  EXPECT_EQ(after_another.items[1].lane, 1U);
  const Timeline overlapped =
      timeline_of(run_of(trace, {record(0, 0, 10), record(5, 0, 30), record(12, 0, 40)}, true, false));
  EXPECT_EQ(overlapped.items[1].lane, 2U);
  EXPECT_EQ(overlapped.items[2].lane, 1U);
}

TEST(Timeline, ClocksThatContradictTheWorkersWordsAreRefused) {
  TracedRun run = run_of(kLoop, kLoopRecords, true, true);
  run.clock.offset_ns -= 3 * kMs;  // "go" would be heard after the start
  EXPECT_THROW(timeline_of(run), std::invalid_argument);
  run.clock.offset_ns += 6 * kMs;  // "over" would be said before the end
  EXPECT_THROW(timeline_of(run), std::invalid_argument);
  run.clock.error_ns = 4 * kMs;
  EXPECT_NO_THROW(timeline_of(run));
}

TEST(ClockOffset, KnowsHowWrongItMayBe) {
  const ClockOffset still = offset_between({100, 5'110, 120}, {900, 5'910, 920});
  EXPECT_EQ(still.offset_ns, 5'000);
  EXPECT_EQ(still.error_ns, 10);
  EXPECT_EQ(still.monotonic(5'600), 600);
  const ClockOffset stepped = offset_between({100, 5'110, 120}, {900, 5'990, 920});
  EXPECT_EQ(stepped.offset_ns, 5'040);
  EXPECT_EQ(stepped.error_ns, 50);
}

}  // namespace
}  // namespace interleave
