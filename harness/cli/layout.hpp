// Where the program's own files are, in the build tree and installed alike.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "harness/trial/models.hpp"

namespace interleave {

std::filesystem::path own_program();
std::filesystem::path models_directory();  // <bin>/../libexec/interleave
std::filesystem::path report_script();     // <bin>/../share/interleave/reports/report.py

// An absolute path of the program, as a shell would find it; empty if there is none.
std::string program_on_path(const std::string& name);

// The models' directory, and those of --models-dir: DIR, or label=DIR for models that are known as label/NAME. Throws
// std::invalid_argument where there is no such directory.
std::vector<ModelDirectory> model_directories(const std::vector<std::string>& extra);

// What --models-dir takes, for --help.
inline constexpr const char* kModelsDirHelp =
    "A further directory of models (worker executables); label=DIR lists them as label/NAME (repeatable)";

// And --workloads-dir.
inline constexpr const char* kWorkloadsDirHelp =
    "A directory of programs that answer for workloads outside of this build (docs/add_a_workload.md; repeatable)";

}  // namespace interleave
