// Reasons, as objects and as strings.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/reason.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace interleave {
namespace {

// A check's name is one word in lower case.
bool is_name(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

Reason from_text(const std::string& text) {
  const std::size_t colon = text.find(": ");
  const std::string name = text.substr(0, colon == std::string::npos ? 0 : colon);
  if (is_name(name)) return {name, text.substr(colon + 2)};
  const bool impatient = text.find(" has patience for ") != std::string::npos;
  return {impatient ? kPatience : "", text};
}

}  // namespace

Reason reason_from(const nlohmann::json& reason) {
  if (reason.is_string()) return from_text(reason);
  const auto text_at = [&](const char* key) {
    const bool has = reason.is_object() && reason.contains(key) && reason.at(key).is_string();
    return has ? reason.at(key).get<std::string>() : std::string();
  };
  return {text_at("check"), text_at("text")};
}

}  // namespace interleave
