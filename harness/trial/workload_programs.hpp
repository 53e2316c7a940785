// Workloads from outside of this build: programs that answer for their specs.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <vector>

#include "harness/load/workload.hpp"

namespace interleave {

// Asks every executable file of the directories for its workloads and adds them to the known ones. Throws
// std::invalid_argument in one line where a program does not answer, or a name is taken.
void add_workloads_of(const std::vector<std::filesystem::path>& directories);

// What such a program answers for; throws std::exception in one line.
std::vector<Workload> workloads_of(const std::filesystem::path& program);

// The same for one program, and nothing where its workloads are known already.
void add_workload_program(const std::filesystem::path& program);

}  // namespace interleave
