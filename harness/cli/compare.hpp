// Two results folders, compared and said in the form that is asked for; the gate does the same with two of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>

#include "harness/gate/stored_cells.hpp"

namespace interleave {

// Throws DamagedRun in one line.
StoredRun stored_run(const std::filesystem::path& dir);

// The share that "5%", "5 %" or "0.05" says. Throws std::invalid_argument naming the option.
double share_of(const std::string& option, const std::string& text);

// Prints; answers the exit status. `format` is one of text, json, markdown, junit, github.
int compare_runs(const std::string& base, const std::string& fresh, double margin, const std::string& format);

}  // namespace interleave
