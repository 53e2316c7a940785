// Whether figures taken at two times are figures of one machine.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace interleave {

// What of machine_facts() must not change within a run, and has: processor, cores, kernel, governor, quota, memory,
// limits, tuning variables; each "what: then, now". What one of the two does not tell is not compared.
std::vector<std::string> differences_between(const nlohmann::json& then, const nlohmann::json& now);

}  // namespace interleave
