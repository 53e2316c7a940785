// A baseline's measuring: one build alone, beside the control kernels.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/gate/baseline.hpp"
#include "harness/gate/gate_run.hpp"

namespace interleave {

// Measures `setting.rules.rounds` rounds of head alone. Version, commit, profile and time are the caller's to fill in.
// Throws as run_gate() does.
Baseline measure_baseline(GatePlan plan, const GateSetting& setting, const Interrupt& interrupt);

}  // namespace interleave
