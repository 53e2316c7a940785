// What each item left behind: a record in the harness's file, written in place.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/load/item.hpp"
#include "harness/load/item_result.hpp"
#include "harness/numbers/clock.hpp"

namespace interleave {

// A whole memory file, mapped and touched, so that no page fault falls into a run; forked processes have it too.
class MappedFile {
 public:
  enum class For : std::uint8_t { reading, writing };
  // Throws std::invalid_argument where the file is shorter than `bytes`, std::system_error where it cannot be mapped;
  // `what` says what it is.
  MappedFile(int fd, std::size_t bytes, For use, const char* what);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  char* data() const noexcept { return static_cast<char*>(mapped_); }
  std::size_t size() const noexcept { return size_; }
  // Again, in a forked process, which has the pages but not their addresses' entries: without it every page that it
  // writes costs it a fault.
  void touch_for_writing() const noexcept;

 private:
  std::size_t size_;
  void* mapped_;
};

// One record an item. Different items may be written by different threads or processes at the same time; one item by
// one at a time. No lock, no allocation.
class Tape {
 public:
  // Throws std::invalid_argument where the file is not a tape of so many items.
  Tape(int fd, std::uint32_t items);

  // The run's common start; visible to all workers.
  void run_starts() noexcept { header_->run_starts_ns = now_ns(); }
  std::int64_t started_ns() const noexcept { return header_->run_starts_ns; }

  void start(std::uint32_t item) noexcept { records_[item].start_ns = now_ns(); }
  // Of an item that was due at a time of its own (CLOCK_MONOTONIC ns; 0: of none).
  void start(std::uint32_t item, std::int64_t due_ns) noexcept {
    records_[item].due_ns = due_ns;
    start(item);
  }
  void finish(const ItemResult& result) noexcept {
    if (result.item >= records_.size()) return;  // an item that is none leaves another one missing
    Record& record = records_[result.item];
    record.end_ns = now_ns();
    record.first_byte_ns = result.first_byte_ns;
    record.server_sent_ns = result.server_sent_ns;
    record.digest += result.digest;
    record.status = result.status;
    record.outcome = result.outcome;
    if (record.finishes != UINT8_MAX) ++record.finishes;
  }

  std::span<const Record> records() const noexcept { return records_; }

  // For a process that was forked to work beside `processes` - 1 others, before its run. Left out where page tables
  // would take more than 32 MiB in all.
  void touch(std::uint32_t processes) const noexcept {
    if (file_.size() / kPage * processes <= kMostEntries) file_.touch_for_writing();
  }

 private:
  static constexpr std::size_t kPage = 4096, kMostEntries = 4 << 20;
  MappedFile file_;
  FileHeader* header_;
  std::span<Record> records_;
};

// What each item is to do; zeros until the run is let go.
class Inputs {
 public:
  // Throws std::invalid_argument where the file is not that of so many items.
  Inputs(int fd, std::uint32_t items);
  std::span<const ItemInput> all() const noexcept { return all_; }

 private:
  MappedFile file_;
  std::span<const ItemInput> all_;
};

}  // namespace interleave
