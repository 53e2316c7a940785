// A load's JSON.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/load.hpp"

#include <nlohmann/json.hpp>

#include "harness/load/point.hpp"
#include "harness/text/json_object.hpp"

namespace interleave {

using nlohmann::json;

void to_json(json& out, const Load& load) {
  out = {{"workload", load.workload},   {"items", load.items},
         {"in_flight", load.in_flight}, {"cores", load.cores},
         {"seed", load.seed},           {"timeout_us", load.timeout.count()},
         {"profile", load.profile},     {"parameters", load.parameters},
         {"policies", load.policies}};
  if (load.port != 0) out["port"] = load.port;
  if (load.name_port != 0) out["name_port"] = load.name_port;
  if (!load.folder.empty()) out["folder"] = load.folder;
}

void from_json(const json& whole, Load& load) {
  const JsonObject from(whole, "point");
  load = {};
  load.workload = from.text("workload");
  load.items = static_cast<std::uint32_t>(from.whole("items", kItems));
  load.in_flight = static_cast<std::uint32_t>(from.whole("in_flight", {1, load.items}));
  load.cores = static_cast<std::uint32_t>(from.whole("cores", kCores));
  load.seed = from.whole("seed", kSeeds);
  load.timeout = std::chrono::microseconds(from.whole("timeout_us", kTimeouts));
  load.profile = from.at("profile").get<Profile>();
  load.port = static_cast<std::uint16_t>(from.whole("port", {0, 65'535}, 0));
  load.name_port = static_cast<std::uint16_t>(from.whole("name_port", {0, 65'535}, 0));
  if (whole.contains("folder")) load.folder = from.text("folder");
  load.parameters = from.at("parameters");
  load.policies = from.at("policies");
}

}  // namespace interleave
