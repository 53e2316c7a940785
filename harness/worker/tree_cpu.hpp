// CPU time of this process with all its threads, its living children and the reaped ones.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

namespace interleave {

struct CpuTime {
  std::chrono::nanoseconds user{0};
  std::chrono::nanoseconds system{0};
  std::chrono::nanoseconds total{0};  // of nanosecond resolution; user and system may lag behind by a tick
};

// Children are found in /proc, whether or not the model speaks of them, and read by their own CPU clock. Takes about
// 2 us and 1 us more a child: call it outside what is timed.
CpuTime tree_cpu();

}  // namespace interleave
