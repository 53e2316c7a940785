// What each thread did during the run.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <vector>

#include "harness/trace/timeline.hpp"

namespace interleave {

// `calls` by their begin, those of the run alone, with times since its start; `owners` one a call. `log` has the
// threads, with times as strace has them; `begins_ns` is the run's start by that clock.
std::vector<ThreadLine> thread_lines_of(const StraceLog& log, const std::vector<TracedCall>& calls,
                                        const std::vector<std::optional<std::uint32_t>>& owners, std::int64_t begins_ns,
                                        std::int64_t run_ns);

}  // namespace interleave
