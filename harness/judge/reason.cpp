// Reasons out of files.
// SPDX-License-Identifier: Apache-2.0
#include "harness/judge/reason.hpp"

#include <nlohmann/json.hpp>

namespace interleave {

using nlohmann::json;

void to_json(json& out, const Reason& reason) {
  out = {{"check", reason.check}, {"text", reason.text}};
  if (reason.limit_s > 0) out["limit_s"] = reason.limit_s;
}

void from_json(const json& from, Reason& reason) {
  const auto text_at = [&](const char* key) {
    const bool has = from.is_object() && from.contains(key) && from.at(key).is_string();
    return has ? from.at(key).get<std::string>() : std::string();
  };
  reason = {.check = text_at("check"), .text = text_at("text")};
  if (from.is_object() && from.contains("limit_s") && from.at("limit_s").is_number())
    reason.limit_s = from.at("limit_s").get<double>();
}

}  // namespace interleave
