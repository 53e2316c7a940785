// The two JSON texts a worker writes: what it is, and what it says of a trial.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "harness/worker/worker_main.hpp"

namespace interleave {

// Both as docs/worker_contract.md gives them.
std::string description_json(const OfferedModel& model);
std::string trial_json(const OfferedModel& model, const Load& load, const TrialResult& trial);

}  // namespace interleave
