// The directory of one run: files that are either whole or absent, and the append-only list of trials.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace interleave {

// Writes the file so that a crash leaves the old one or the new one: temporary, fsync, rename. Throws
// std::system_error.
void write_durably(const std::filesystem::path& file, std::string_view text);

// A results directory that cannot be used, in one line that says what to do.
struct DamagedRun : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What plan.json holds. Throws DamagedRun if there is none, it is torn, or schema and version are not `version`'s.
nlohmann::json read_plan(const std::filesystem::path& dir, std::string_view version);

// What environment.json holds; an empty object where there is none, or it is torn.
nlohmann::json read_environment(const std::filesystem::path& dir);

struct StoredTrials {
  std::vector<nlohmann::json> trials;
  std::uintmax_t whole_bytes = 0;  // of the lines that are whole
  bool torn = false;               // the last line was not: the run was cut while writing it
};

// Reads trials.jsonl; none if the file is absent. A torn last line is left out; a bad line before it throws DamagedRun.
StoredTrials read_trials(const std::filesystem::path& dir);

// Appends to trials.jsonl, after `whole_bytes` of it.
class TrialLog {
 public:
  TrialLog(const std::filesystem::path& dir, std::uintmax_t whole_bytes);  // throws std::system_error
  ~TrialLog();
  TrialLog(const TrialLog&) = delete;
  TrialLog& operator=(const TrialLog&) = delete;

  // One line, on the disk when the call returns. Throws std::system_error (a full disk: ENOSPC) with the file cut back
  // to the lines before.
  void append(const nlohmann::json& trial);

 private:
  [[noreturn]] void fail(int error, const char* what);
  std::filesystem::path file_;
  int fd_;
  std::uintmax_t end_;
};

}  // namespace interleave
