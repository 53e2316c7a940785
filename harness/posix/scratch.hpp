// A folder of one's own for files that nobody needs afterwards.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

namespace interleave {

// In $TMPDIR, else /tmp; gone with the object, and with all that is in it.
class Scratch {
 public:
  Scratch();  // throws std::system_error naming the folder
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Throws std::system_error naming the folder if what a trial leaves there has no room; makes the folder anew where it
  // is gone. Children that write to a full disk fail in ways of their own, which look like faults of theirs.
  void require_room() const;

 private:
  std::filesystem::path path_;
};

}  // namespace interleave
