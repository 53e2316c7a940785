// The families beside each other, for a terminal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace interleave {

// From verdict.json's member "families": a row a load that stands for its kind (all loads, where none does), a column a
// family. Empty where there is nothing to compare. At most 80 columns wide.
std::string family_table_of(const nlohmann::json& families);

}  // namespace interleave
