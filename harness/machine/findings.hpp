// What of the facts will disturb a measurement, and the cure.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace interleave {

struct Finding {
  std::string level;  // "fine", "note" (good to know), "warning" (results suffer), "problem" (something cannot run)
  std::string what;
  std::string cure;  // empty where there is nothing to do
};

// Everything the doctor says of the machine, from machine_facts().
std::vector<Finding> findings_of(const nlohmann::json& facts);

// The warnings among them that concern this very moment: what others do. Said before a run starts.
std::vector<Finding> disturbances_of(const nlohmann::json& facts);

// The warnings among them about what this process was given: a quota, little memory, variables that tune libraries.
// Said before a run starts.
std::vector<Finding> handicaps_of(const nlohmann::json& facts);

}  // namespace interleave
