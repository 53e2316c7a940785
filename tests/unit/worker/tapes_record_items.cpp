// Tape: what start and finish leave behind, across threads and forked processes.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "harness/judge/item_files.hpp"
#include "harness/worker/tape.hpp"

namespace interleave {
namespace {

TEST(Tape, KeepsWhatAnItemCameTo) {
  const ItemFiles files(3);
  Tape tape(files.tape(), 3);
  tape.run_starts();
  tape.start(1);
  const std::int64_t sent = now_ns();
  tape.finish({.item = 1,
               .status = 418,
               .outcome = Outcome::http_error,
               .digest = 77,
               .first_byte_ns = sent + 5000,
               .server_sent_ns = sent});
  const Record& record = tape.records()[1];
  EXPECT_GE(record.start_ns, tape.started_ns());
  EXPECT_GE(record.end_ns, record.start_ns);
  EXPECT_EQ(record.first_byte_ns, sent + 5000);
  EXPECT_EQ(record.server_sent_ns, sent);
  EXPECT_EQ(record.status, 418);
  EXPECT_EQ(record.outcome, Outcome::http_error);
  EXPECT_EQ(record.finishes, 1);
  EXPECT_EQ(tape.records()[1].digest, 77U);
  EXPECT_EQ(tape.records()[0].finishes, 0);
  EXPECT_EQ(tape.records()[2].finishes, 0);
}

TEST(Tape, CountsEveryFinishAndNeverWrapsRound) {
  const ItemFiles files(1);
  Tape tape(files.tape(), 1);
  for (int i = 0; i < 257; ++i) tape.finish({.item = 0, .status = 200, .outcome = Outcome::ok, .digest = 1});
  EXPECT_EQ(tape.records()[0].finishes, UINT8_MAX);
  EXPECT_EQ(tape.records()[0].digest, 257U);
}

TEST(Tape, IgnoresAnItemThatIsNone) {
  const ItemFiles files(2);
  Tape tape(files.tape(), 2);
  tape.finish({.item = 2, .status = 200, .outcome = Outcome::ok, .digest = 1});
  for (const Record& record : tape.records()) EXPECT_EQ(record.finishes, 0);
}

std::int64_t page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt + usage.ru_majflt;
}

TEST(Tape, CostsTheRunNoPageFault) {
  constexpr std::uint32_t kItems = 100'000;  // 1,560 pages of records, 780 of inputs
  const ItemFiles files(kItems);
  Tape tape(files.tape(), kItems);
  const Inputs inputs(files.inputs(), kItems);
  files.fill(std::vector<ItemInput>(kItems, ItemInput{.work = 1}));
  const std::int64_t before = page_faults();
  std::uint64_t work = 0;
  for (std::uint32_t item = 0; item < kItems; ++item) {
    tape.start(item);
    work += inputs.all()[item].work;
    tape.finish({.item = item, .outcome = Outcome::ok});
  }
  EXPECT_LE(page_faults() - before, 10) << "but for a page of stack or code here and there";
  EXPECT_EQ(work, kItems);
}

// Of a forked process that writes every record: whether it had page faults by the hundred.
bool forked_writer_faults(Tape& tape, std::uint32_t items, std::uint32_t processes) {
  const pid_t child = fork();
  if (child == 0) {
    tape.touch(processes);
    const std::int64_t before = page_faults();
    for (std::uint32_t item = 0; item < items; ++item) tape.start(item);
    _exit(page_faults() - before > 100 ? 1 : 0);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  return WEXITSTATUS(status) == 1;
}

TEST(Tape, CostsAForkedProcessNoPageFaultEither) {
  constexpr std::uint32_t kItems = 100'000;
  const ItemFiles files(kItems);
  Tape tape(files.tape(), kItems);
  EXPECT_FALSE(forked_writer_faults(tape, kItems, 100));
  EXPECT_TRUE(forked_writer_faults(tape, kItems, 10'000)) << "of so many the page tables would be too large";
}

template <class What>
std::string refusal(int fd, std::uint32_t items) {
  try {
    const What what(fd, items);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Tape, RefusesAFileThatIsNone) {
  const ItemFiles files(3);
  EXPECT_NE(refusal<Tape>(files.tape(), 4), "") << "too short";
  EXPECT_NE(refusal<Tape>(files.tape(), 2).find("--tape: the file is for 3 items, the point has 2"), std::string::npos);
  EXPECT_NE(refusal<Inputs>(files.inputs(), 2).find("--inputs: the file is for 3 items"), std::string::npos);
  EXPECT_NE(refusal<Inputs>(files.tape(), 3).find("does not begin"), std::string::npos);
}

TEST(Tape, IsSharedWithForkedProcesses) {
  const ItemFiles files(2);
  Tape tape(files.tape(), 2);
  tape.run_starts();
  const std::int64_t started = tape.started_ns();
  const pid_t child = fork();
  if (child == 0) {
    tape.start(1);
    tape.finish({.item = 1,
                 .status = tape.started_ns() == started ? std::uint16_t{200} : std::uint16_t{0},
                 .outcome = Outcome::ok,
                 .digest = 5});
    _exit(0);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_EQ(tape.records()[1].finishes, 1);
  EXPECT_EQ(tape.records()[1].status, 200);
  EXPECT_EQ(tape.records()[1].digest, 5U);
}

TEST(Tape, TakesItemsFromManyThreads) {
  constexpr std::uint32_t kItems = 4000;
  const ItemFiles files(kItems);
  Tape tape(files.tape(), kItems);
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&tape, t] {
      for (std::uint32_t item = t; item < kItems; item += 4) {
        tape.start(item);
        tape.finish({.item = item, .status = 200, .outcome = Outcome::ok, .digest = item});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::uint32_t item = 0; item < kItems; ++item) {
    ASSERT_EQ(tape.records()[item].finishes, 1);
    ASSERT_EQ(tape.records()[item].digest, item);
  }
}

}  // namespace
}  // namespace interleave
