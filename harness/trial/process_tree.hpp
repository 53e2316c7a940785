// What /proc tells of a worker and all its descendants while the run is on: the census, memory, time spent waiting for
// a core. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sched.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <vector>

namespace interleave {

// The process and its descendants; empty if it is gone. Takes some 20 us a process.
std::vector<pid_t> process_tree(pid_t root);

struct Census {
  std::uint32_t threads = 0;  // over all processes
  std::uint32_t processes = 0;
};
Census census_of(const std::vector<pid_t>& tree);

struct TreeMemory {
  std::uint64_t pss_bytes = 0;
  bool scaled = false;  // the parent and a sample of children were read, and the children's mean taken for all
};
// Proportional set size over the tree: every process up to 16 of them, else the parent and 8 children.
TreeMemory memory_of(const std::vector<pid_t>& tree);

// CPU time of all of them: exact clocks of the living, and of the children that they have waited for in ticks of the
// kernel. One that ends while it is asked counts for nothing.
struct TreeCpu {
  std::chrono::nanoseconds living{0}, ended{0};
};
TreeCpu cpu_of(const std::vector<pid_t>& tree);

struct RunQueueWait {
  std::int64_t ns = 0;
  bool scaled = false;  // beyond 256 threads a regular sample of them was read
  cpu_set_t cores{};    // on which any of those may run
};
// Time that threads were runnable without running, summed over all threads since they were started (schedstat, field
// 2).
RunQueueWait run_queue_wait_of(const std::vector<pid_t>& tree);

}  // namespace interleave
