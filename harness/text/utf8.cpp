// The JSON library knows what UTF-8 is.
// SPDX-License-Identifier: Apache-2.0
#include "harness/text/utf8.hpp"

#include <nlohmann/json.hpp>

namespace interleave {

std::string utf8_of(std::string_view bytes) {
  using nlohmann::json;
  return json::parse(json(std::string(bytes)).dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
}

}  // namespace interleave
