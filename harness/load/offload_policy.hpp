// Where CPU work goes that a workload hands over: the policies of every model whose lanes offload.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "harness/text/parameters.hpp"

namespace interleave {

enum class OffloadTo : std::uint8_t { caller, threads, processes };
struct OffloadPolicy {
  OffloadTo to = OffloadTo::caller;
  std::uint32_t workers = 0;  // threads or processes; 0 with `caller`
};

inline constexpr Setting kOffloadSettings[] = {
    {"offload", "inline", "where CPU work goes: inline (the thread or loop that has the reply), threads, processes"},
    {"offload_workers", "cores", "how many threads or processes take it, 1 to 1024"},
};
// Throws std::invalid_argument in one line.
OffloadPolicy offload_policy(const Settings& policies, std::uint32_t cores);

}  // namespace interleave
