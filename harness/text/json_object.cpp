// Reading, and complaining.
// SPDX-License-Identifier: Apache-2.0
#include "harness/text/json_object.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "harness/text/joined.hpp"

namespace interleave {

using nlohmann::json;

json parse_json(std::string_view text, const std::string& what) try {
  return json::parse(text);
} catch (const json::parse_error& error) {
  throw std::invalid_argument(what + ": not JSON: wrong at byte " + std::to_string(error.byte));
}

JsonObject::JsonObject(const json& from, std::string what) : from_(from), what_(std::move(what)) {
  if (!from.is_object()) refuse("must be an object, {\"key\": value, ...}");
}

void JsonObject::refuse(const std::string& problem) const { throw std::invalid_argument(what_ + ": " + problem); }

void JsonObject::allow_only(std::initializer_list<std::string_view> known) const {
  for (const auto& [key, value] : from_.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    refuse("unknown key '" + key + "'; known: " + joined(known, ", "));
  }
}

const json& JsonObject::at(const char* key) const {
  const auto found = from_.find(key);
  if (found == from_.end()) refuse(std::string("the key '") + key + "' is missing");
  return *found;
}

std::string JsonObject::text(const char* key) const {
  const json& value = at(key);
  if (!value.is_string()) refuse(std::string(key) + " must be a text");
  return value.get<std::string>();
}

std::uint64_t JsonObject::whole(const char* key, Range range, std::optional<std::uint64_t> otherwise) const {
  if (otherwise && !has(key)) return *otherwise;
  const json& value = at(key);  // nlohmann's own conversion would let -1 become 2^64 - 1
  const bool whole = value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
  if (whole && range.has(value.get<std::uint64_t>())) return value.get<std::uint64_t>();
  refuse(std::string(key) + " " + range.wanted());
}

double JsonObject::real(const char* key, std::optional<double> otherwise) const {
  if (otherwise && !has(key)) return *otherwise;
  const json& value = at(key);
  if (!value.is_number() || !std::isfinite(value.get<double>())) refuse(std::string(key) + " must be a number");
  return value.get<double>();
}

json JsonObject::list(const char* key) const {
  if (!has(key)) return json::array();
  const json& value = at(key);
  if (!value.is_array()) refuse(std::string(key) + " must be a list, [...]");
  return value;
}

}  // namespace interleave
