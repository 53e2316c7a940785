// JSON that people write by hand, read key by key: whatever is wrong with it becomes a sentence that names the key.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "harness/text/range.hpp"

namespace interleave {

// `what` begins the sentence. Throws std::invalid_argument with the byte at fault.
nlohmann::json parse_json(std::string_view text, const std::string& what);

// An object inside that JSON, which must outlive it. Everything throws std::invalid_argument in one line.
class JsonObject {
 public:
  JsonObject(const nlohmann::json& from, std::string what);

  // Refuses every key that is not one of these.
  void allow_only(std::initializer_list<std::string_view> known) const;
  bool has(const char* key) const { return from_.contains(key); }
  const nlohmann::json& at(const char* key) const;

  // Each of them: `otherwise` where the key is absent, which is an error where there is no `otherwise`.
  std::string text(const char* key) const;
  std::uint64_t whole(const char* key, Range range, std::optional<std::uint64_t> otherwise = std::nullopt) const;
  double real(const char* key, std::optional<double> otherwise = std::nullopt) const;
  nlohmann::json list(const char* key) const;  // otherwise empty

  // `problem` as a sentence about this object.
  [[noreturn]] void refuse(const std::string& problem) const;

 private:
  const nlohmann::json& from_;
  std::string what_;
};

}  // namespace interleave
