// A gate's sitting: blocks of trials, stage by stage, to its verdicts. What a trial is, and what a control kernel, is
// told from outside; tests simulate both.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/gate/gate_run.hpp"
#include "harness/gate/gate_trials.hpp"

namespace interleave {

// Runs every control kernel once: ns a step, by name; the same names each time.
using RunControls = std::function<std::map<std::string, double>()>;

// Measures the cells and concludes; once more where the first attempt was contaminated. Throws what `trials` and
// `controls` do.
GateResult sit(GateTrials& trials, const RunControls& controls, const std::vector<GateCell>& cells,
               const std::vector<GateGap>& gaps, const GateSetting& setting);

}  // namespace interleave
