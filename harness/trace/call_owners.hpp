// Which item a system call was made for, and when the worker was let go.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "harness/load/item.hpp"
#include "harness/trace/strace_log.hpp"

namespace interleave {

// An item for each call, or none. A request ("GET /item/<id>") tells whose its descriptor is from then on, until the
// next one; connecting it belongs to the first.
std::vector<std::optional<std::uint32_t>> owners_of(const StraceLog& log, std::span<const ItemInput> inputs);

bool is_request(const TracedCall& call);

// The two moments that worker and harness talk about; by strace's clock, none where that cannot be found.
struct Markers {
  std::optional<std::int64_t> heard_go_ns;   // "go" was read to its end
  std::optional<std::int64_t> says_over_ns;  // "over" is about to be written
};
Markers markers_of(const StraceLog& log);

// The process of each thread.
std::map<int, int> processes_of(const StraceLog& log);

}  // namespace interleave
