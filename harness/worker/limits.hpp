// How many threads and processes this machine still lets one worker have, and which setting says so.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace interleave {

// One line naming the limit that `threads` threads in one process (this one, its first thread included) exceed; none if
// the machine allows them. Looks at what others have left of RLIMIT_NPROC (which binds neither root nor
// CAP_SYS_RESOURCE), of pids.max in every control group above, of kernel.threads-max and kernel.pid_max; and at
// vm.max_map_count (a stack is two mappings).
std::optional<std::string> thread_limit(std::uint64_t threads);

// The same for `stacks` of suspended tasks, each of which is two mappings.
std::optional<std::string> stack_limit(std::uint64_t stacks);

// The same for `processes` processes, this one included, each of which dirties about `bytes_each` of memory, of which
// machine and control groups have so much left.
std::optional<std::string> process_limit(std::uint64_t processes, std::uint64_t bytes_each);

}  // namespace interleave
