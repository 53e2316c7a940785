// Points: JSON in, Load out.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/point.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "harness/worker/parameters.hpp"

namespace interleave {

using nlohmann::json;

namespace {

// nlohmann's own conversion would let -1 become 4294967295.
std::uint64_t number_at(const json& point, const char* key, std::uint64_t least, std::uint64_t most) {
  const json& value = point.at(key);
  if (!value.is_number_integer() || value < least || value > most) {
    throw std::invalid_argument(std::string(key) + " must be a whole number from " + std::to_string(least) + " to " +
                                std::to_string(most));
  }
  return value.get<std::uint64_t>();
}

std::pair<std::string, std::string> split(const std::string& flag, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw std::invalid_argument(flag + " takes key=value, not '" + text + "'");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

Load read_point(const std::string& file) try {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file);
  const json point = json::parse(in);
  if (point.at("schema") != 1) throw std::invalid_argument("schema is not 1: made by another version");
  Load load;
  load.workload = point.at("workload");
  load.items = static_cast<std::uint32_t>(number_at(point, "items", 1, UINT32_MAX - 1));
  load.in_flight = static_cast<std::uint32_t>(number_at(point, "in_flight", 1, load.items));
  load.cores = static_cast<std::uint32_t>(number_at(point, "cores", 1, 65535));
  load.seed = number_at(point, "seed", 0, UINT64_MAX);
  load.timeout = std::chrono::microseconds(number_at(point, "timeout_us", 0, 1'000'000'000'000));
  load.profile = profile_from_json(point.at("profile").dump());
  load.port = static_cast<std::uint16_t>(number_at(point, "port", 0, 65535));
  load.parameters = point.at("parameters");
  load.policies = point.at("policies");
  return load;
} catch (const std::invalid_argument& error) {
  throw std::invalid_argument(file + ": " + error.what());
} catch (const json::exception& error) {
  throw std::invalid_argument(file + ": " + error.what());
}

std::uint16_t port_of(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::string host = text.substr(0, colon);
  const std::uint32_t port = colon == std::string::npos ? 0 : unsigned_of("--server", text.substr(colon + 1));
  if ((host != "127.0.0.1" && host != "localhost") || port == 0 || port > 65535) {
    throw std::invalid_argument("--server takes 127.0.0.1:PORT, not '" + text + "'");
  }
  return static_cast<std::uint16_t>(port);
}

std::uint32_t unsigned_of(const std::string& flag, const std::string& text) {
  const std::int64_t value = whole_number({{flag, text}}, flag, 0);
  if (value < 0 || value > UINT32_MAX) throw std::invalid_argument(flag + "=" + text + " is out of range");
  return static_cast<std::uint32_t>(value);
}

void set_parameter(Load& load, const std::string& text) {
  const auto [key, value] = split("--set", text);
  if (key == "timeout") load.timeout = parse_time_span(value);
  else load.parameters[key] = value;
}

void set_policy(Load& load, const std::string& text) {
  const auto [key, value] = split("--policy", text);
  load.policies[key] = value;
}

}  // namespace interleave
