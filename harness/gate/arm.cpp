// Build folders.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/arm.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace interleave {
namespace {

namespace fs = std::filesystem;

// Of CMakeCache.txt: what changes the code that is made.
constexpr std::array<std::string_view, 6> kFlags{"CMAKE_BUILD_TYPE",       "CMAKE_CXX_COMPILER",
                                                 "CMAKE_CXX_FLAGS",        "CMAKE_CXX_FLAGS_RELEASE",
                                                 "CMAKE_EXE_LINKER_FLAGS", "BUILD_SHARED_LIBS"};

// Lines are NAME:TYPE=VALUE.
std::map<std::string, std::string> flags_of(const fs::path& cache) {
  std::map<std::string, std::string> flags;
  std::ifstream in(cache);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':'), equals = line.find('=');
    if (colon == std::string::npos || equals == std::string::npos || equals < colon) continue;
    const std::string name = line.substr(0, colon);
    for (const std::string_view flag : kFlags) {
      if (name == flag) flags[name] = line.substr(equals + 1);
    }
  }
  return flags;
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
  if (!fs::is_directory(arm.models))
    throw std::invalid_argument(fmt::format("{} has no libexec/interleave: build its models first", folder.string()));
  return arm;
}

std::vector<std::string> differing_flags(const Arm& base, const Arm& head) {
  std::vector<std::string> differences;
  if (base.flags.empty() || head.flags.empty()) return differences;
  for (const std::string_view flag : kFlags) {
    const auto value = [&](const Arm& arm) {
      const auto at = arm.flags.find(std::string(flag));
      return at == arm.flags.end() ? std::string() : at->second;
    };
    if (value(base) != value(head))
      differences.push_back(fmt::format("{}: '{}' against '{}'", flag, value(base), value(head)));
  }
  return differences;
}

}  // namespace interleave
