// Who leads at each in_flight, load by load, for a terminal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace interleave {

// From verdict.json alone: a row a load that was run at several in_flights (each CPU share of download_compute is one),
// a column an in_flight. Empty where there is no such load.
std::string leader_map_of(const nlohmann::json& verdict);

}  // namespace interleave
