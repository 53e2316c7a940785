// Build folders.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/arm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string_view>

namespace interleave {
namespace {

namespace fs = std::filesystem;

// Of CMakeCache.txt: what changes the code that is made, beside the flags of the build's type.
constexpr std::array<std::string_view, 6> kFlags{"CMAKE_BUILD_TYPE",  "CMAKE_CXX_COMPILER",
                                                 "CMAKE_CXX_FLAGS",   "CMAKE_EXE_LINKER_FLAGS",
                                                 "BUILD_SHARED_LIBS", "CMAKE_INTERPROCEDURAL_OPTIMIZATION"};
constexpr std::string_view kFlagsOfAType = "CMAKE_CXX_FLAGS_", kCompilerVersion = "CMAKE_CXX_COMPILER_VERSION";

// Lines are NAME:TYPE=VALUE.
std::map<std::string, std::string> flags_of(const fs::path& cache) {
  std::map<std::string, std::string> flags;
  std::ifstream in(cache);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':'), equals = line.find('=');
    if (colon == std::string::npos || equals == std::string::npos || equals < colon) continue;
    const std::string name = line.substr(0, colon);
    if (std::find(kFlags.begin(), kFlags.end(), name) != kFlags.end() || name.rfind(kFlagsOfAType, 0) == 0)
      flags[name] = line.substr(equals + 1);
  }
  std::string type = flags["CMAKE_BUILD_TYPE"];
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::toupper(c); });
  std::erase_if(flags, [&](const auto& flag) {
    return flag.second.empty() ||
           (flag.first.rfind(kFlagsOfAType, 0) == 0 && flag.first != std::string(kFlagsOfAType) + type);
  });
  return flags;
}

// As CMake found it: CMakeFiles/<version of CMake>/CMakeCXXCompiler.cmake has `set(CMAKE_CXX_COMPILER_VERSION
// "12.2.0")`.
std::string compiler_version(const fs::path& folder) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder / "CMakeFiles", none)) {
    std::ifstream in(entry.path() / "CMakeCXXCompiler.cmake");
    for (std::string line; std::getline(in, line);) {
      const std::string before = fmt::format("set({} \"", kCompilerVersion);
      if (line.rfind(before, 0) == 0) return line.substr(before.size(), line.rfind('"') - before.size());
    }
  }
  return "";
}

}  // namespace

ArmKind kind_of_arm(const std::string& text) {
  if (!fs::is_directory(text)) return ArmKind::revision;
  if (fs::exists(fs::path(text) / "plan.json")) return ArmKind::results;
  if (fs::exists(fs::path(text) / "bin" / "interleave")) return ArmKind::build;
  throw std::invalid_argument(
      fmt::format("{} is neither a build folder (it has no bin/interleave) nor the directory of a run (it has no "
                  "plan.json)",
                  text));
}

Arm built_arm(const std::string& name, const fs::path& folder) {
  Arm arm{.name = name,
          .program = fs::absolute(folder / "bin" / "interleave"),
          .models = fs::absolute(folder / "libexec" / "interleave"),
          .flags = flags_of(folder / "CMakeCache.txt")};
  if (const std::string version = compiler_version(folder); !version.empty())
    arm.flags.emplace(kCompilerVersion, version);
  if (!fs::is_directory(arm.models))
    throw std::invalid_argument(fmt::format("{} has no libexec/interleave: build its models first", folder.string()));
  return arm;
}

std::vector<std::string> differing_flags(const Arm& base, const Arm& head) {
  std::vector<std::string> differences;
  if (base.flags.empty() || head.flags.empty()) return differences;
  std::set<std::string> flags;
  for (const Arm* arm : {&base, &head}) {
    for (const auto& [flag, value] : arm->flags) flags.insert(flag);
  }
  for (const std::string& flag : flags) {
    const auto value = [&](const Arm& arm) {
      const auto at = arm.flags.find(flag);
      return at == arm.flags.end() ? std::string() : at->second;
    };
    if (value(base) != value(head))
      differences.push_back(fmt::format("{}: '{}' against '{}'", flag, value(base), value(head)));
  }
  return differences;
}

}  // namespace interleave
