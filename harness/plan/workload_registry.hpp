// The workloads that can be run: those of this build, and programs that answer for others.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>

#include "harness/load/workload.hpp"

namespace interleave {

// In the order of workloads/CMakeLists.txt, added ones behind; references stay good.
const std::deque<Workload>& known_workloads();

// Throws std::invalid_argument naming the known ones.
const Workload& known_workload(std::string_view name);

// A workload from outside: asked for by its description and a way to prepare a load. Throws std::invalid_argument where
// the name is taken.
void add_workload(Workload workload);

}  // namespace interleave
