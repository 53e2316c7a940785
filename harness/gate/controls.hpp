// The control kernels' program, run once.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace interleave {

// ns a step, by kernel, where a trial's worker and server would be. Throws std::runtime_error.
std::map<std::string, double> run_controls(const std::filesystem::path& program, const std::vector<int>& cpus);

}  // namespace interleave
