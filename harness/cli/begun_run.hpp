// The directory of a run: begun with its plan, or taken up again.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "harness/plan/plan.hpp"
#include "harness/results/run_directory.hpp"

namespace interleave {

// A new directory, `asked` or one by the time, with plan and environment on the disk. Where they cannot be, it is as it
// was. Throws std::invalid_argument where it cannot be made, or is not empty; std::system_error where it cannot be
// written.
std::filesystem::path begun_run(const std::string& asked, const Plan& plan, const nlohmann::json& machine,
                                const nlohmann::json& programs);

// Of one that was begun. Each throws DamagedRun in one line.
Plan resumed_plan(const std::filesystem::path& dir);
StoredTrials stored_trials(const std::filesystem::path& dir, const Plan& plan);
// Trials of two machines, or of two programs, are not one run.
void require_same(const std::filesystem::path& dir, const nlohmann::json& machine, const nlohmann::json& programs);

}  // namespace interleave
