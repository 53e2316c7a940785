// Counting both sides of a gate, or head alone.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "harness/gate/gate_run.hpp"

namespace interleave {

// A cell that stands for its kind of work, with the load at which it is counted.
struct Countable {
  const GateCell* cell;
  Load load;
};

// One of each kind of work a model, in the order of the plan's cells, which outlive it.
std::vector<Countable> countables(const GatePlan& plan);

// "compute, grain 10000, 201 items one after another, counted".
std::string countable_text(const Load& load);

// Why there are no counts; empty: there are.
std::string why_none(const Counts& counts);

// What is counted of both sides, and the gaps. Throws Interrupted, and std::runtime_error where a
// program was replaced meanwhile.
GateResult count_items(const GatePlan& plan, const GateSetting& setting, const std::filesystem::path& scratch,
                       const Interrupt& interrupt);

}  // namespace interleave
