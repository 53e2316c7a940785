// Points: JSON in, Load out.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/point.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/worker/parameters.hpp"

namespace interleave {

using nlohmann::json;

Load read_point(const std::string& file) try {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file);
  const json point = json::parse(in);
  if (point.at("schema") != 1) throw std::invalid_argument(file + ": schema is not 1: made by another version");
  Load load;
  load.workload = point.at("workload");
  load.items = point.at("items");
  load.in_flight = point.at("in_flight");
  load.cores = point.at("cores");
  load.seed = point.at("seed");
  load.timeout = std::chrono::microseconds(point.at("timeout_us").get<std::int64_t>());
  load.profile = profile_from_json(point.at("profile").dump());
  load.port = point.at("port");
  load.parameters = point.at("parameters");
  load.policies = point.at("policies");
  if (load.items == 0 || load.in_flight == 0 || load.in_flight > load.items) {
    throw std::invalid_argument(file + ": needs 1 <= in_flight <= items");
  }
  return load;
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
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) throw std::invalid_argument("--set takes key=value, not '" + text + "'");
  const std::string key = text.substr(0, equals);
  if (key == "timeout") load.timeout = parse_time_span(text.substr(equals + 1));
  else load.parameters[key] = text.substr(equals + 1);
}

}  // namespace interleave
