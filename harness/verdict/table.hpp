// The table of winners, for a terminal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace interleave {

// Two lines or more a point, none wider than 80 columns, from verdict.json alone; above them how far the run came if it
// is not finished; below them void and skipped cells with their reasons, what the verdicts are worth, and the map of
// leaders.
std::string table_of(const nlohmann::json& verdict);

}  // namespace interleave
