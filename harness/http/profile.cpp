// The named profiles and their JSON.
// SPDX-License-Identifier: Apache-2.0
#include "harness/http/profile.hpp"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace interleave {
namespace {

using nlohmann::json;
using std::chrono::microseconds;

constexpr std::array<std::string_view, 8> kFaultNames{"none",     "status",    "hang",  "reset",
                                                      "reset_body", "truncate", "malformed", "empty"};
constexpr std::array<std::string_view, 4> kDelayNames{"none", "fixed", "uniform", "lognormal"};

constexpr std::uint32_t percent(double p) { return static_cast<std::uint32_t>(p * 10'000 + 0.5); }

Delay uniform_ms(int low, int high) {
  return {DelayKind::uniform, microseconds(low * 1000), microseconds(high * 1000), 0};
}

std::vector<Profile> all_profiles() {
  std::vector<Profile> all;
  all.push_back({"local", {}, 1024, 4096, {}});
  all.push_back({"delay", uniform_ms(50, 500), 1024, 4096, {}});
  all.push_back({"error", uniform_ms(50, 500), 1024, 4096,
                 {{Fault::status, 418, percent(12)}, {Fault::status, 404, percent(4)},
                  {Fault::status, 500, percent(3)}, {Fault::status, 503, percent(3)},
                  {Fault::status, 429, percent(2)}, {Fault::hang, 200, percent(1)}}});
  all.push_back({"remote", {DelayKind::lognormal, microseconds(80'000), microseconds(2'000'000), 0.4}, 1024, 65536,
                 {{Fault::status, 503, percent(0.5)}, {Fault::reset_body, 200, percent(0.2)}}});
  all.push_back({"hostile", uniform_ms(1, 20), 1024, 4096,
                 {{Fault::status, 418, percent(2)}, {Fault::status, 404, percent(2)},
                  {Fault::status, 500, percent(2)}, {Fault::status, 503, percent(2)},
                  {Fault::hang, 200, percent(2)}, {Fault::reset, 200, percent(2)},
                  {Fault::reset_body, 200, percent(2)}, {Fault::truncate, 200, percent(2)},
                  {Fault::malformed, 200, percent(2)}, {Fault::empty, 200, percent(2)}}});
  all.push_back({"burst", {DelayKind::fixed, microseconds(100'000), microseconds(100'000), 0}, 1024, 4096, {}});
  return all;
}

template <class Names>
std::size_t index_of(const Names& names, const std::string& name, const char* key) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return i;
  }
  throw std::invalid_argument(std::string("profile: unknown ") + key + " '" + name + "'");
}

microseconds scaled(microseconds time, double scale) {
  return microseconds(std::llround(static_cast<double>(time.count()) * scale));
}

}  // namespace

std::string_view name_of(Fault fault) noexcept { return kFaultNames[static_cast<std::size_t>(fault)]; }

std::vector<std::string_view> profile_names() {
  return {"local", "delay", "error", "remote", "hostile", "burst"};
}

Profile profile_named(std::string_view name, double time_scale) {
  for (Profile& profile : all_profiles()) {
    if (profile.name != name) continue;
    profile.delay.low = scaled(profile.delay.low, time_scale);
    profile.delay.high = scaled(profile.delay.high, time_scale);
    return std::move(profile);
  }
  std::string known;
  for (const auto each : profile_names()) known += (known.empty() ? "" : ", ") + std::string(each);
  throw std::invalid_argument("unknown profile '" + std::string(name) + "'; known: " + known);
}

std::string to_json(const Profile& profile) {
  json faults = json::array();
  for (const FaultShare& share : profile.faults) {
    faults.push_back({{"fault", name_of(share.fault)}, {"status", share.status}, {"ppm", share.parts_per_million}});
  }
  const Delay& delay = profile.delay;
  return json{{"name", profile.name},
              {"delay",
               {{"kind", kDelayNames[static_cast<std::size_t>(delay.kind)]},
                {"low_us", delay.low.count()},
                {"high_us", delay.high.count()},
                {"sigma", delay.sigma}}},
              {"bytes", {profile.bytes_low, profile.bytes_high}},
              {"faults", faults}}
      .dump();
}

Profile profile_from_json(std::string_view text) try {
  const json from = json::parse(text);
  Profile profile;
  profile.name = from.at("name").get<std::string>();
  const json& delay = from.at("delay");
  profile.delay = {static_cast<DelayKind>(index_of(kDelayNames, delay.at("kind"), "delay kind")),
                   microseconds(delay.at("low_us").get<std::int64_t>()),
                   microseconds(delay.at("high_us").get<std::int64_t>()), delay.at("sigma").get<double>()};
  profile.bytes_low = from.at("bytes").at(0);
  profile.bytes_high = from.at("bytes").at(1);
  if (profile.bytes_low > profile.bytes_high) throw std::invalid_argument("profile: bytes: low exceeds high");
  if (profile.delay.low.count() < 0 || profile.delay.high < profile.delay.low) {
    throw std::invalid_argument("profile: delay: needs 0 <= low_us <= high_us");
  }
  for (const json& share : from.at("faults")) {
    profile.faults.push_back({static_cast<Fault>(index_of(kFaultNames, share.at("fault"), "fault")),
                              share.at("status"), share.at("ppm")});
  }
  return profile;
} catch (const json::exception& error) {
  throw std::invalid_argument(std::string("profile: ") + error.what());
}

}  // namespace interleave
