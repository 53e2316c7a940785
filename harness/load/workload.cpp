// Descriptions as values, as JSON, and back.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/workload.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace interleave {

using nlohmann::json;

NLOHMANN_JSON_SERIALIZE_ENUM(IdealKind, {{IdealKind::none, "none"},
                                         {IdealKind::exact, "exact"},
                                         {IdealKind::calibrated, "calibrated"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Ranks,
                             {{Ranks::load, "load"}, {Ranks::keeping_up, "keeping_up"}, {Ranks::makespan, "makespan"}})
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

using FewSettings = Few<std::pair<std::string_view, std::string_view>>;

static json as_object(const FewSettings& settings) {
  json out = json::object();
  for (const auto& [key, value] : settings) out[std::string(key)] = value;
  return out;
}

void to_json(json& out, const Requests& requests) {
  out = {{"ids", requests.ids},
         {"unique", requests.unique},
         {"total", requests.total},
         {"connections", requests.connections},
         {"called_off", requests.called_off}};
}

void to_json(json& out, const Handover& handover) {
  out = {{"consumers", handover.consumers}, {"capacity", handover.capacity}};
}
void from_json(const json& from, Handover& handover) {
  handover = {.consumers = from.at("consumers"), .capacity = from.at("capacity")};
}

// A series is made for constants, so what comes from a file has to live on.
static std::string_view kept(std::string text) {
  static std::set<std::string, std::less<>> all;
  return *all.insert(std::move(text)).first;
}

static FewSettings settings_from(const json& object) {
  FewSettings settings;
  for (const auto& [key, value] : object.items()) settings.push_back({kept(key), kept(value.get<std::string>())});
  return settings;
}

void to_json(json& out, const Series& series) {
  out = {{"profile", series.profile},
         {"in_flight", std::vector<std::uint32_t>(series.in_flight.begin(), series.in_flight.end())},
         {"items_per_lane", series.items_per_lane},
         {"least_items", series.least_items},
         {"cores", series.cores},
         {"parameters", as_object(series.parameters)},
         {"policies", as_object(series.policies)},
         {"timeout_us", series.timeout.count()},
         {"server", series.server},
         {"time_scale", series.time_scale},
         {"delay_us", {series.delay_low.count(), series.delay_high.count()}},
         {"said", series.said}};
}

void from_json(const json& from, Series& series) {
  series = {.profile = kept(from.at("profile")),
            .items_per_lane = from.at("items_per_lane"),
            .least_items = from.at("least_items"),
            .cores = from.at("cores"),
            .parameters = settings_from(from.at("parameters")),
            .policies = settings_from(from.at("policies")),
            .timeout = std::chrono::microseconds(from.at("timeout_us").get<std::int64_t>()),
            .server = kept(from.at("server")),
            .time_scale = from.at("time_scale"),
            .delay_low = std::chrono::microseconds(from.at("delay_us").at(0).get<std::int64_t>()),
            .delay_high = std::chrono::microseconds(from.at("delay_us").at(1).get<std::int64_t>()),
            .said = kept(from.value("said", ""))};
  for (const json& each : from.at("in_flight")) series.in_flight.push_back(each);
}

NLOHMANN_JSON_SERIALIZE_ENUM(Dial,
                             {{Dial::in_flight, "in_flight"}, {Dial::delay, "delay"}, {Dial::parameter, "parameter"}})

void to_json(json& out, const Ladder& ladder) {
  out = {{"name", ladder.name},
         {"said", ladder.said},
         {"unit", ladder.unit},
         {"dial", ladder.dial},
         {"parameter", ladder.parameter},
         {"easiest", ladder.easiest},
         {"hardest", ladder.hardest},
         {"step", ladder.step},
         {"keeps_up", ladder.keeps_up},
         {"most_lag_ms", ladder.most_lag.count()},
         {"also", std::vector<int>(ladder.also.begin(), ladder.also.end())},
         {"is_a_task", ladder.is_a_task},
         {"load", ladder.load}};
}

void from_json(const json& from, Ladder& ladder) {
  ladder = {.name = kept(from.at("name")),
            .said = kept(from.at("said")),
            .unit = kept(from.at("unit")),
            .dial = from.at("dial"),
            .parameter = kept(from.at("parameter")),
            .easiest = from.at("easiest"),
            .hardest = from.at("hardest"),
            .step = from.at("step"),
            .keeps_up = from.at("keeps_up"),
            .most_lag = std::chrono::milliseconds(from.at("most_lag_ms").get<std::int64_t>()),
            .also = {},
            .is_a_task = from.at("is_a_task"),
            .load = from.at("load")};
  for (const json& each : from.at("also")) ladder.also.push_back(each);
}

void to_json(json& out, const SavedFile& file) {
  out = file.is_one ? json{{"digest", file.digest}, {"bytes", file.bytes}} : json(nullptr);
}

void from_json(const json& from, SavedFile& file) {
  file =
      from.is_null() ? SavedFile{} : SavedFile{.is_one = true, .digest = from.at("digest"), .bytes = from.at("bytes")};
}

WorkloadAbout about(const Declared& declared) {
  WorkloadAbout about{.name = std::string(declared.name),
                      .summary = std::string(declared.summary),
                      .connects = declared.connects,
                      .waits = declared.waits,
                      .computes = declared.computes,
                      .offloads = declared.offloads,
                      .arrives = declared.arrives,
                      .ideal = declared.ideal,
                      .ranks = declared.ranks,
                      .lanes = declared.lanes,
                      .needs = std::string(declared.needs),
                      .datagrams = declared.datagrams,
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
  out = {{"name", about.name},
         {"summary", about.summary},
         {"connects", about.connects},
         {"waits", about.waits},
         {"computes", about.computes},
         {"offloads", about.offloads},
         {"arrives", about.arrives},
         {"ideal", about.ideal},
         {"ranks", about.ranks},
         {"lanes", about.lanes},
         {"needs", about.needs},
         {"datagrams", about.datagrams},
         {"parameters", about.parameters},
         {"axes", about.axes},
         {"program", about.program}};
}

void from_json(const json& from, WorkloadAbout& about) {
  about = {.name = from.at("name"),
           .summary = from.at("summary"),
           .connects = from.at("connects"),
           .waits = from.at("waits"),
           .computes = from.at("computes"),
           .offloads = from.at("offloads"),
           .arrives = from.value("arrives", false),
           .ideal = from.at("ideal"),
           .ranks = from.at("ranks"),
           .lanes = from.at("lanes"),
           .needs = from.at("needs"),
           .datagrams = from.value("datagrams", false),
           .parameters = from.at("parameters"),
           .axes = from.at("axes"),
           .program = from.value("program", "")};
}

}  // namespace interleave
