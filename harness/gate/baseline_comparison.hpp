// What is said of a build against a baseline.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "harness/gate/baseline.hpp"
#include "harness/gate/sheet.hpp"

namespace interleave {

// From how much on a cost fails: another machine's figures cannot tell smaller ones.
inline constexpr double kBreak = 2;

struct BaselineComparison {
  Sheet sheet;
  int status = 0;  // 1 a break or a count that is more, 4 gaps, 3 nothing was compared, 0 pass
};

// A cost is divided by a control kernel and, on another machine, by how the other models have changed at the same load,
// of which ratios the smaller counts; it fails from kBreak on. The server is one for all models: its CPU is divided by
// the kernel alone. What became too slow fails. Counts are compared as between two builds; instructions only under the
// same CPU key. What one of the two did not measure at all is not compared, and that is said.
BaselineComparison compare_to(const Baseline& then, const Baseline& now, const std::string& file);

}  // namespace interleave
