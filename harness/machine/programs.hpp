// The programs of a run: what they are, and whether they still are.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace interleave {

using Programs = std::map<std::string, std::filesystem::path>;  // by the name they are known by

// {name: {"bytes","crc32c"}}, so that a resumed run can tell whether one has changed.
nlohmann::json fingerprints_of(const Programs& programs);

// Notices when a program is replaced. Its file is asked for size and times, which is cheap, and read only where these
// have changed: a program that was merely touched is the same.
class ProgramWatch {
 public:
  // They are what `fingerprints` says.
  ProgramWatch(Programs programs, nlohmann::json fingerprints);

  // The first whose content is another one or cannot be read, in one line; none if there is none.
  std::optional<std::string> changed();

 private:
  struct Watched {
    std::string name;
    std::filesystem::path file;
    struct stat seen{};
  };
  std::vector<Watched> watched_;
  nlohmann::json fingerprints_;
};

}  // namespace interleave
