// What the harness and a worker share of each item, to the byte: docs/worker_contract.md is this page in words.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>

#include "harness/http/outcome.hpp"
#include "harness/http/request.hpp"

namespace interleave {

static_assert(std::endian::native == std::endian::little, "the two files are little endian, and used as they lie");

// The first 64 bytes of either file.
struct FileHeader {
  char magic[8];               // kTapeMagic or kInputsMagic
  std::uint32_t record_bytes;  // size of what follows, an item
  std::uint32_t items;
  std::int64_t run_starts_ns;  // tape: written by the worker when it is let go; inputs: 0
  std::uint64_t reserved[5];   // 0
};
static_assert(sizeof(FileHeader) == 64);
inline constexpr char kTapeMagic[8] = {'I', 'L', 'T', 'A', 'P', 'E', '\0', '\1'};
inline constexpr char kInputsMagic[8] = {'I', 'L', 'I', 'N', 'P', 'U', 'T', '\1'};
// Zeros behind the last record, and zeros they stay.
inline constexpr std::size_t kGuardBytes = 64;

// What an item came to. Times are CLOCK_MONOTONIC nanoseconds; 0 where it did not happen. Written by the worker alone,
// and by one thread or process at a time.
struct Record {
  std::int64_t due_ns = 0;          // when the item was meant to start, where arrivals are not up to the lanes; else 0
  std::int64_t start_ns = 0;        // its lane took it up
  std::int64_t first_byte_ns = 0;   // of its last reply
  std::int64_t end_ns = 0;          // it was over, before its lane was free again
  std::int64_t server_sent_ns = 0;  // the server's own stamp of that reply
  std::uint64_t digest = 0;         // of the content, bound to the item; those of several finishes add up
  std::uint32_t lane = 0;           // 1..in_flight; 0: not told
  std::uint16_t status = 0;         // of the reply; 0 where there is none
  Outcome outcome = Outcome::ok;
  std::uint8_t finishes = 0;  // 1 for an item done once; anything else voids the trial
  std::uint64_t reserved = 0;
};
static_assert(sizeof(Record) == 64 && alignof(Record) == 8);
static_assert(offsetof(Record, digest) == 40 && offsetof(Record, status) == 52 && offsetof(Record, finishes) == 55);

inline constexpr std::uint32_t kFromRunStart = 1;  // ItemInput::flags: wait_ns counts from the run's start

// What an item is to do. Read-only for the worker, and zeros until the run is let go: nobody can begin earlier.
struct ItemInput {
  std::int64_t due_ns = 0;     // when it is to start, since the run's start; 0: as soon as a lane is free
  std::int64_t wait_ns = 0;    // how long to wait, from the item's start
  std::uint64_t work = 0;      // how much to compute, in the workload's unit
  std::uint32_t argument = 0;  // the id in GET /item/<id>, or the number that its computing begins with
  std::uint32_t flags = 0;     // kFromRunStart, kOwnConnection
};
static_assert(sizeof(ItemInput) == 32 && offsetof(ItemInput, argument) == 24);

// What the harness holds an item against; never shown to the worker.
struct Expectation {
  std::uint64_t digest = 0;
  std::int64_t least_ns = 0;       // from its start to its end
  std::int64_t not_before_ns = 0;  // its end, since the run's start
  Outcome outcome = Outcome::ok;
};

}  // namespace interleave
