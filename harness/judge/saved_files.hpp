// The folder that items of a trial are saved in: made before, looked through when the worker has ended, and gone with
// the object. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <vector>

#include "harness/judge/judge.hpp"
#include "harness/judge/reason.hpp"
#include "harness/load/workload.hpp"

namespace interleave {

class SavedFiles {
 public:
  // Makes the folder, anew. `expected` outlives it. Throws std::system_error.
  SavedFiles(std::filesystem::path folder, const std::vector<SavedFile>& expected);
  ~SavedFiles();
  SavedFiles(const SavedFiles&) = delete;
  SavedFiles& operator=(const SavedFiles&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  // Reads every file back. Each kind of fault is one reason: a file that is missing or that nobody asked for, another
  // content, and one that was written after the run was over.
  std::vector<Reason> why_void(Window window) const;

 private:
  std::filesystem::path folder_;
  const std::vector<SavedFile>& expected_;
};

}  // namespace interleave
