// What the families' figures come to, in a few sentences for people.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace interleave {

// From verdict.json's member "families" (null: none). A sentence that the figures do not bear out is not there.
std::vector<std::string> family_sentences(const nlohmann::json& families);

}  // namespace interleave
