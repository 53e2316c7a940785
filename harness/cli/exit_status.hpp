// What a run's result is to the shell.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "harness/plan/plan.hpp"

namespace interleave {

// What stands behind --models in a command line.
std::set<std::string> models_named_in(const std::vector<std::string>& command);

// The models that the run's command line names (--models) and that have no valid cell in the verdict, in one line each.
std::vector<std::string> asked_but_unranked(const Plan& plan, const nlohmann::json& verdict);

// At one load at least, each model that is planned there has had a trial.
bool has_a_whole_round(const Plan& plan, const std::vector<nlohmann::json>& trials);

// kVoidTrials where a trial tells of a fault (unless allowed), else kInconclusive where nothing was measured, or a
// model that was asked for by name is ranked nowhere; else kFine.
int status_of(const std::vector<nlohmann::json>& trials, const std::vector<std::string>& unranked, bool allow_void);

}  // namespace interleave
