// Where the program's own files are, in the build tree and installed alike.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace interleave {

std::filesystem::path own_program();
std::filesystem::path models_directory();  // <bin>/../libexec/interleave
std::filesystem::path report_script();     // <bin>/../share/interleave/reports/report.py

// The models' directory, and the extra one where it is not empty.
std::vector<std::filesystem::path> model_directories(const std::string& extra);

}  // namespace interleave
