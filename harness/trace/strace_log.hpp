// Reads what `strace -f -o FILE` wrote: who made which system call from when to when.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace interleave {

// A system call, whole again where lines of other threads came between its begin and its end.
struct TracedCall {
  int thread = 0;
  std::int64_t from_ns = 0, to_ns = 0;  // since the epoch; of a call that never returned: to the thread's last line
  std::string name{};
  std::string arguments{};  // as strace prints them
  std::string result{};     // "12", "-1 EAGAIN (Resource temporarily unavailable)"; "?" or empty: it never returned
};

struct TracedThread {
  int thread = 0;
  int process = 0;                      // the thread that began the process: whose descriptors it has
  std::int64_t from_ns = 0, to_ns = 0;  // its first and its last line
};

struct StraceLog {
  std::vector<TracedCall> calls;      // by their begin
  std::vector<TracedThread> threads;  // by their first line; the first of them is the program itself
};

// The options whose output read_strace_log() takes, without -o FILE: every thread and process, times of day and
// durations in nanoseconds, strings long enough for the first line of a request.
inline constexpr const char* kStraceOptions[] = {"-f", "-s", "64", "--absolute-timestamps=format:unix,precision:ns",
                                                 "--syscall-times=ns"};

// Pure. A last line that was cut is left out. Throws std::invalid_argument naming the line that is none of strace's.
StraceLog read_strace_log(std::string_view text);

}  // namespace interleave
