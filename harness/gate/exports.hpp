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
// in csv, junit and markdown.
std::string exported(const StoredRun& run, std::string_view format);

}  // namespace interleave
