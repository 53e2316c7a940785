// Who does what when in a few items: the records of the items and the calls of the threads, on one clock.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/judge/item_files.hpp"
#include "harness/trace/clock_offset.hpp"
#include "harness/trace/strace_log.hpp"

namespace interleave {

// What is under way in an item.
enum class Stage : std::uint8_t { connect, wait, unread, read, compute, mix };
// "connects", "waits", "unread" (its reply was sent a millisecond ago or more, and nobody reads it), "reads",
// "computes"; "mixes" where waiting and computing cannot be told apart.
std::string_view name_of(Stage stage) noexcept;

// All times of a timeline are nanoseconds since the run's start, within the run.
struct StageSpan {
  Stage stage = Stage::mix;
  std::int64_t from_ns = 0, to_ns = 0;
};

struct ItemLine {
  std::uint32_t item = 0;
  std::uint32_t lane = 0;  // from 1 on; where the record does not tell, the one of its connection or the first free
  std::string outcome{};
  std::int64_t start_ns = 0, end_ns = 0;
  std::vector<StageSpan> stages{};  // from start to end without a gap, none empty
  std::vector<int> threads{};       // that made calls for it, as far as can be told
};

struct CallSpan {
  std::string call;
  std::int64_t from_ns = 0, to_ns = 0;
  std::optional<std::uint32_t> item;  // that it was made for; none: it cannot be told, or is for no single one
};

// A thread between two calls that wait. `call`: the one it waits in; empty: it runs, or waits for a core.
struct StateSpan {
  std::string call;
  std::int64_t from_ns = 0, to_ns = 0;

  bool waits() const { return !call.empty(); }
};

struct ThreadLine {
  int thread = 0, process = 0;
  std::string name{};  // "main", "thread 2", "process 3"
  std::int64_t from_ns = 0, to_ns = 0;
  std::vector<StateSpan> states{};  // from its begin to its end without a gap
  std::vector<CallSpan> calls{};    // those that do not wait
  std::uint32_t turns = 0;          // how often epoll_wait and the like came back
  std::int64_t waits_ns = 0, runs_ns = 0;
};

struct Timeline {
  std::int64_t run_ns = 0;  // the run's start to the end of its last item
  std::vector<ItemLine> items{};
  std::vector<ThreadLine> threads{};  // that were there during the run, the program's own first
  std::size_t calls = 0;              // system calls during the run
  std::size_t joined = 0;             // of them those that are known to be of an item
  bool has_ring = false;              // sends and reads go through io_uring, where strace does not see them
  // From one call of a thread to its next, the median of those before the run: what a call takes under strace.
  std::int64_t call_ns = 0;
};

struct TracedRun {
  StraceLog log;
  ClockOffset clock;
  TapeCopy tape;
  std::vector<ItemInput> inputs;
  bool waits = false, computes = false;  // what the workload says of its items
};

// Pure. A call is joined to an item by the request that was written to the same descriptor of the same process ("GET
// /item/<id>"); what cannot be told is left the thread's. Throws std::invalid_argument where the two clocks contradict
// each other: "go" was heard after the run had begun, or "over" said before the last item was.
Timeline timeline_of(const TracedRun& run);

}  // namespace interleave
