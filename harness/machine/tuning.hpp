// Environment variables that libraries obey without being asked.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <string_view>

namespace interleave {

// Whether children are started without it: what would change what a trial does (BENCHMARK_REPETITIONS), or is ours.
bool is_kept_from_children(std::string_view name);

// Those of this process that reach its children and change their allocator, their loader or their libraries'
// threads, as LD_PRELOAD and MALLOC_ARENA_MAX do: name and value.
std::map<std::string, std::string> tuning_variables();

}  // namespace interleave
