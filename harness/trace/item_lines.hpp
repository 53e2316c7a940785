// What was under way in each item.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <vector>

#include "harness/trace/timeline.hpp"

namespace interleave {

// `calls` by their begin, those of the run alone, with times since its start; `owners` one a call.
std::vector<ItemLine> item_lines_of(const TracedRun& run, const std::vector<TracedCall>& calls,
                                    const std::vector<std::optional<std::uint32_t>>& owners);

}  // namespace interleave
