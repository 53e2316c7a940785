// What was left out of the ranking, for a terminal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace interleave {

// From verdict.json alone: an entry a model and kind of reason, with how often, the first reason and the first load.
std::string notes_of(const nlohmann::json& verdict);

}  // namespace interleave
