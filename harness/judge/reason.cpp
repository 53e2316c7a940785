// Reasons out of files.
// SPDX-License-Identifier: Apache-2.0
#include "harness/judge/reason.hpp"

#include <nlohmann/json.hpp>

namespace interleave {

using nlohmann::json;

void to_json(json& out, const Reason& reason) { out = {{"check", reason.check}, {"text", reason.text}}; }

void from_json(const json& from, Reason& reason) {
  const auto text_at = [&](const char* key) {
    const bool has = from.is_object() && from.contains(key) && from.at(key).is_string();
    return has ? from.at(key).get<std::string>() : std::string();
  };
  reason = {text_at("check"), text_at("text")};
}

}  // namespace interleave
