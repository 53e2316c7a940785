// libuv's conventions that bite: status codes, and timers that would fire up to a millisecond early.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <uv.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace interleave {

inline void uv_check(int status, const char* what) {
  if (status < 0) throw std::runtime_error(std::string(what) + ": " + uv_strerror(status));
}

// A libuv timer counts whole milliseconds from the loop's own time, which is truncated and as old as the last poll; a
// plain time-out fires up to a millisecond early. The first millisecond that begins at or after `due_ns`
// (CLOCK_MONOTONIC), less the loop's time, makes the two errors cancel: libuv adds the same number back, and wakes at
// or after that millisecond.
inline std::uint64_t uv_timeout_until(const uv_loop_t* loop, std::int64_t due_ns) {
  const auto due_ms = static_cast<std::uint64_t>((due_ns + 999'999) / 1'000'000);
  const std::uint64_t now_ms = uv_now(loop);
  return due_ms > now_ms ? due_ms - now_ms : 0;
}

}  // namespace interleave
