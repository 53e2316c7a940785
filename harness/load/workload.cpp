// Descriptions as values, as JSON, and back.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/workload.hpp"

#include <nlohmann/json.hpp>

namespace interleave {

using nlohmann::json;

NLOHMANN_JSON_SERIALIZE_ENUM(IdealKind, {{IdealKind::none, "none"},
                                         {IdealKind::exact, "exact"},
                                         {IdealKind::calibrated, "calibrated"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Ranks,
                             {{Ranks::load, "load"}, {Ranks::efficiency, "efficiency"}, {Ranks::makespan, "makespan"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Lanes, {{Lanes::items, "items"}, {Lanes::cores, "cores"}})
NLOHMANN_JSON_SERIALIZE_ENUM(AxisOf, {{AxisOf::load, "load"}, {AxisOf::parameter, "parameter"}})

static void to_json(json& out, const ParameterAbout& parameter) {
  out = {{"name", parameter.name}, {"default", parameter.otherwise}, {"meaning", parameter.meaning}};
}
static void from_json(const json& from, ParameterAbout& parameter) {
  parameter = {from.at("name"), from.at("default"), from.at("meaning")};
}
static void to_json(json& out, const AxisAbout& axis) {
  out = {{"name", axis.name}, {"unit", axis.unit}, {"of", axis.of}};
}
static void from_json(const json& from, AxisAbout& axis) { axis = {from.at("name"), from.at("unit"), from.at("of")}; }

WorkloadAbout about(const Declared& declared) {
  WorkloadAbout about{.name = std::string(declared.name),
                      .summary = std::string(declared.summary),
                      .connects = declared.connects,
                      .waits = declared.waits,
                      .computes = declared.computes,
                      .offloads = declared.offloads,
                      .ideal = declared.ideal,
                      .ranks = declared.ranks,
                      .lanes = declared.lanes,
                      .needs = std::string(declared.needs),
                      .parameters = {},
                      .axes = {},
                      .program = {}};
  for (const Setting& each : declared.parameters) {
    about.parameters.push_back({std::string(each.name), std::string(each.otherwise), std::string(each.meaning)});
  }
  for (const Axis& each : declared.axes)
    about.axes.push_back({std::string(each.name), std::string(each.unit), each.of});
  return about;
}

void to_json(json& out, const WorkloadAbout& about) {
  out = {{"name", about.name},      {"summary", about.summary},       {"connects", about.connects},
         {"waits", about.waits},    {"computes", about.computes},     {"offloads", about.offloads},
         {"ideal", about.ideal},    {"ranks", about.ranks},           {"lanes", about.lanes},
         {"needs", about.needs},    {"parameters", about.parameters}, {"axes", about.axes},
         {"program", about.program}};
}

void from_json(const json& from, WorkloadAbout& about) {
  about = {.name = from.at("name"),
           .summary = from.at("summary"),
           .connects = from.at("connects"),
           .waits = from.at("waits"),
           .computes = from.at("computes"),
           .offloads = from.at("offloads"),
           .ideal = from.at("ideal"),
           .ranks = from.at("ranks"),
           .lanes = from.at("lanes"),
           .needs = from.at("needs"),
           .parameters = from.at("parameters"),
           .axes = from.at("axes"),
           .program = from.value("program", "")};
}

}  // namespace interleave
