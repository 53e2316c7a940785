// Points: JSON in, Load out.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/point.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "harness/text/json_object.hpp"
#include "harness/text/parameters.hpp"

namespace interleave {

using nlohmann::json;

namespace {

std::pair<std::string, std::string> split(const std::string& flag, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw std::invalid_argument(flag + " takes key=value, not '" + text + "'");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

Load read_point(const std::filesystem::path& file) try {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  const json whole = json::parse(in);
  const JsonObject point(whole, "point");
  if (point.at("schema") != 1) point.refuse("schema is not 1: made by another version");
  return whole.get<Load>();
} catch (const std::invalid_argument& error) {
  throw std::invalid_argument(file.string() + ": " + error.what());
} catch (const json::exception& error) {
  throw std::invalid_argument(file.string() + ": " + error.what());
}

std::uint16_t port_of(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::string host = text.substr(0, colon);
  if ((host != "127.0.0.1" && host != "localhost") || colon == std::string::npos) {
    throw std::invalid_argument("--server takes 127.0.0.1:PORT, not '" + text + "'");
  }
  return static_cast<std::uint16_t>(whole_number("--server's port", text.substr(colon + 1), {1, 65'535}));
}

void set_parameter(Load& load, const std::string& text) {
  const auto [key, value] = split("--set", text);
  if (key != "timeout") {
    load.parameters[key] = value;
    return;
  }
  load.timeout = parse_time_span(value);
  if (load.timeout > std::chrono::microseconds(kTimeouts.most))
    throw std::invalid_argument("--set " + text + " is above 1000000s");
}

void set_policy(Load& load, const std::string& text) {
  const auto [key, value] = split("--policy", text);
  load.policies[key] = value;
}

}  // namespace interleave
