// How many threads and processes this machine lets one worker have, and which setting says so.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace interleave {

// One line naming the limit that `threads` threads in one process exceed; none if the machine allows them. Looks at
// RLIMIT_NPROC, the cgroup's pids.max, kernel.threads-max, kernel.pid_max and vm.max_map_count (a stack is two
// mappings).
std::optional<std::string> thread_limit(std::uint64_t threads);

// The same for `stacks` of suspended tasks, each of which is two mappings.
std::optional<std::string> stack_limit(std::uint64_t stacks);

// The same for `processes` forked ones, each of which dirties about `bytes_each` of memory.
std::optional<std::string> process_limit(std::uint64_t processes, std::uint64_t bytes_each);

}  // namespace interleave
