// The directory of a run: begun with its plan, or taken up again.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/machine/programs.hpp"
#include "harness/machine/run_lock.hpp"
#include "harness/plan/plan.hpp"
#include "harness/results/run_directory.hpp"

namespace interleave {

// A run that measures now: this machine is its own, its directory is there, and its programs are known. What would
// spoil it has been told.
class BegunRun {
 public:
  using Reader = StoredTrials (*)(const std::filesystem::path& dir, const Plan& plan);
  // Of the plan of `resume`, whose trials `read` gives, or where that is empty in a new directory `out`. Throws what
  // begun_run(), `read` and require_same() throw, and std::runtime_error where somebody else measures.
  BegunRun(const Plan& plan, const std::string& out, const std::string& resume, Reader read);

  const std::filesystem::path& dir() const { return dir_; }
  StoredTrials take_stored() { return std::move(stored_); }
  ProgramWatch watch() const { return {programs_, fingerprints_}; }

 private:
  RunLock lock_;  // taken first
  StoredTrials stored_;
  Programs programs_;
  nlohmann::json fingerprints_;
  std::filesystem::path dir_;
};

// A new directory, `asked` or one by the time, with plan and environment on the disk. Where they cannot be, it is as it
// was. Throws std::invalid_argument where it cannot be made, or is not empty; std::system_error where it cannot be
// written.
std::filesystem::path begun_run(const std::string& asked, const Plan& plan, const nlohmann::json& machine,
                                const nlohmann::json& programs);

// Of one that was begun. Each throws DamagedRun in one line.
Plan resumed_plan(const std::filesystem::path& dir);
StoredTrials stored_trials(const std::filesystem::path& dir, const Plan& plan);
StoredTrials stored_limits(const std::filesystem::path& dir, const Plan& plan);  // of `interleave limits`
// Trials of two machines, or of two programs, are not one run.
void require_same(const std::filesystem::path& dir, const nlohmann::json& machine, const nlohmann::json& programs);

}  // namespace interleave
