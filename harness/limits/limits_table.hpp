// Limits as text, 80 columns wide.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace interleave {

// A line a ladder and a column a family, as its bearer found it; below, each other model on a line of its own for each
// ladder; then what ended whom.
std::string limits_table_of(const nlohmann::json& limits);

}  // namespace interleave
