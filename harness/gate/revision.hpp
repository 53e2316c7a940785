// Revisions of git's, each built once and kept by its commit.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>

#include "harness/gate/arm.hpp"
#include "harness/trial/interrupt.hpp"

namespace interleave {

// $XDG_CACHE_HOME/interleave, else ~/.cache/interleave, else one in the temporary directory.
std::filesystem::path cache_directory();

class Revisions {
 public:
  // Of the repository that `directory` is in; throws std::invalid_argument where it is in none.
  explicit Revisions(const std::filesystem::path& directory);

  // Throws std::invalid_argument where the working tree has changes, which are in neither arm.
  void require_clean() const;

  // The full name of its commit. Throws std::invalid_argument where there is none, saying so if the clone is shallow.
  std::string commit_of(const std::string& revision) const;

  // Builds it, unless that was done before, and says so on stderr. Every revision is built at the same path with the
  // same flags, and moved to a place of its own when it is whole; another gate that builds is waited for. Throws
  // std::runtime_error with the first error and the log's name, or Interrupted.
  Arm built(const std::string& revision, const Interrupt& interrupt) const;

 private:
  std::string git(const std::vector<std::string>& arguments) const;
  void build(const std::string& commit, const std::filesystem::path& place, const Interrupt& interrupt) const;
  std::filesystem::path repository_;
};

}  // namespace interleave
