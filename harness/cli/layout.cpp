// Paths relative to the program.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/layout.hpp"

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace interleave {

std::filesystem::path own_program() { return std::filesystem::read_symlink("/proc/self/exe"); }

std::filesystem::path models_directory() {
  return (own_program().parent_path().parent_path() / INTERLEAVE_LIBEXEC).lexically_normal();
}

std::filesystem::path report_script() {
  return (own_program().parent_path().parent_path() / INTERLEAVE_DATA / "reports" / "report.py").lexically_normal();
}

std::string program_on_path(const std::string& name) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0 ? name : "";
  const char* const path = std::getenv("PATH");
  std::string rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::string file = rest.substr(0, colon) + "/" + name;
    if (::access(file.c_str(), X_OK) == 0) return file;
    rest = colon == std::string::npos ? "" : rest.substr(colon + 1);
  }
  return {};
}

namespace {

constexpr std::string_view kOfLabels = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

// A directory's name may have an equals sign, too.
ModelDirectory model_directory(const std::string& text) {
  if (std::filesystem::is_directory(text)) return {text, ""};
  const std::size_t equals = text.find('=');
  const std::string label = equals == std::string::npos ? "" : text.substr(0, equals);
  const std::string path = equals == std::string::npos ? text : text.substr(equals + 1);
  if (!std::filesystem::is_directory(path))
    throw std::invalid_argument("--models-dir: " + path + " is not a directory");
  if (label.empty() || label.find_first_not_of(kOfLabels) != std::string::npos)
    throw std::invalid_argument("--models-dir: a label is letters, digits, '_', '.' and '-', not '" + label + "'");
  return {path, label};
}

}  // namespace

std::vector<ModelDirectory> model_directories(const std::vector<std::string>& extra) {
  std::vector<ModelDirectory> directories{{models_directory(), ""}};
  for (const std::string& each : extra) directories.push_back(model_directory(each));
  return directories;
}

}  // namespace interleave
