// Paths relative to the program.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/layout.hpp"

#include <stdexcept>

namespace interleave {

std::filesystem::path own_program() { return std::filesystem::read_symlink("/proc/self/exe"); }

std::filesystem::path models_directory() {
  return (own_program().parent_path().parent_path() / INTERLEAVE_LIBEXEC).lexically_normal();
}

std::filesystem::path report_script() {
  return (own_program().parent_path().parent_path() / INTERLEAVE_DATA / "reports" / "report.py").lexically_normal();
}

std::vector<std::filesystem::path> model_directories(const std::string& extra) {
  std::vector<std::filesystem::path> directories{models_directory()};
  if (extra.empty()) return directories;
  if (!std::filesystem::is_directory(extra))
    throw std::invalid_argument("--models-dir: " + extra + " is not a directory");
  directories.emplace_back(extra);
  return directories;
}

}  // namespace interleave
