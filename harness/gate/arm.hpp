// One of the two things a gate compares: what the user named, and where its programs are.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace interleave {

enum class ArmKind : std::uint8_t { revision, build, results };

// By what is there: a directory with plan.json is results, one with bin/interleave a build (or an installation), and
// what is no directory is a revision of git's. Throws std::invalid_argument for any other directory.
ArmKind kind_of_arm(const std::string& text);

struct Arm {
  std::string name;                          // as the user gave it, with the commit where it is a revision
  std::filesystem::path program;             // its `interleave`
  std::filesystem::path models;              // its models' directory
  std::map<std::string, std::string> flags;  // how it was built, from its CMakeCache.txt; empty where there is none
};

// Of a build folder; throws std::invalid_argument where it has no models.
Arm built_arm(const std::string& name, const std::filesystem::path& folder);

// In what the two were built differently, each "what: base's, head's"; a folder that does not tell is not compared.
std::vector<std::string> differing_flags(const Arm& base, const Arm& head);

}  // namespace interleave
