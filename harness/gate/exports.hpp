// A run in the formats of other tools, computed from its files alone.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "harness/gate/stored_cells.hpp"

namespace interleave {

std::vector<std::string> export_formats();

// Throws std::invalid_argument for a format that is none. Only valid trials become figures; void and skipped cells are
// in csv, junit and markdown. `cell` is a model/point, for hgrm, which has one a file: throws std::invalid_argument
// naming those there are where it is none of them.
std::string exported(const StoredRun& run, std::string_view format, const std::string& cell = "");

}  // namespace interleave
