// Rows of text in columns.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

namespace interleave {

// At least one row, all of the same length: columns two blanks apart, none at a line's end.
std::string aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace interleave
