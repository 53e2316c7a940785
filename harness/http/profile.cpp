// The named profiles and their JSON.
// SPDX-License-Identifier: Apache-2.0
#include "harness/http/profile.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace interleave {
namespace {

using nlohmann::json;
using std::chrono::microseconds;

constexpr std::chrono::seconds kMostDelay{300};

constexpr std::array<std::string_view, kFaults> kFaultNames{
    "none",         "status",      "hang",          "reset",         "reset_body",       "truncate",        "malformed",
    "empty",        "hang_header", "stall",         "reset_header",  "reset_after",      "truncate_chunked", "chunked",
    "chunk_bytes",  "chunk_trailers", "close_delimited", "http_1_0", "close",            "interim",         "bad_header",
    "nul_header",   "bare_lf",     "huge_header",   "many_headers",  "bad_chunk",        "chunk_overflow",  "both_framings",
    "two_lengths",  "negative_length", "long_body", "two_replies",   "garbage"};
constexpr std::array<std::string_view, 7> kDelayNames{"none", "fixed", "uniform", "lognormal", "bimodal", "pareto", "trace"};

constexpr std::uint32_t percent(double p) { return static_cast<std::uint32_t>(p * 10'000 + 0.5); }

Delay uniform_ms(int low, int high) {
  return {DelayKind::uniform, microseconds(low * 1000), microseconds(high * 1000)};
}

Profile plain(std::string_view name, const Delay& delay) {
  Profile profile;
  profile.name = name;
  profile.delay = delay;
  return profile;
}

Profile error_profile() {
  Profile error = plain("error", uniform_ms(50, 500));
  error.faults = {{Fault::status, 418, percent(12)}, {Fault::status, 404, percent(4)}, {Fault::status, 500, percent(3)},
                  {Fault::status, 503, percent(3)},  {Fault::status, 429, percent(2)}, {Fault::hang, 200, percent(1)}};
  return error;
}

Profile remote_profile() {
  Profile remote = plain("remote", {DelayKind::lognormal, microseconds(80'000), microseconds(2'000'000), 0.4});
  remote.bytes_high = 65536;
  remote.rate_low = 256 * 1024;
  remote.rate_high = 4 * 1024 * 1024;
  remote.faults = {{Fault::status, 503, percent(0.5)}, {Fault::reset_body, 200, percent(0.2)}};
  return remote;
}

// Some statuses and every fault, 2 % each.
Profile hostile_profile() {
  Profile hostile = plain("hostile", uniform_ms(1, 20));
  constexpr std::array<std::uint16_t, 8> kStatuses{418, 404, 500, 503, 429, 204, 301, 599};
  for (const std::uint16_t status : kStatuses) {
    hostile.faults.push_back({Fault::status, status, percent(2)});
  }
  for (std::size_t fault = static_cast<std::size_t>(Fault::hang); fault < kFaults; ++fault) {
    hostile.faults.push_back({static_cast<Fault>(fault), 200, percent(2)});
  }
  return hostile;
}

std::vector<Profile> all_profiles() {
  return {plain("local", {}),
          plain("delay", uniform_ms(50, 500)),
          error_profile(),
          remote_profile(),
          hostile_profile(),
          plain("burst", {DelayKind::fixed, microseconds(100'000), microseconds(100'000)})};
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

std::optional<Fault> fault_named(std::string_view name) noexcept {
  for (std::size_t fault = 0; fault < kFaults; ++fault) {
    if (kFaultNames[fault] == name) return static_cast<Fault>(fault);
  }
  return std::nullopt;
}

std::vector<std::string_view> profile_names() {
  return {"local", "delay", "error", "remote", "hostile", "burst"};
}

Profile profile_named(std::string_view name, double time_scale) {
  for (Profile& profile : all_profiles()) {
    if (profile.name != name) continue;
    profile.delay.low = scaled(profile.delay.low, time_scale);
    profile.delay.high = scaled(profile.delay.high, time_scale);
    if (profile.delay.high > kMostDelay) throw std::invalid_argument("a delay above 300 s: use a smaller time scale");
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
  json trace = json::array();
  for (const microseconds each : delay.trace) trace.push_back(each.count());
  return json{{"name", profile.name},
              {"delay",
               {{"kind", kDelayNames[static_cast<std::size_t>(delay.kind)]},
                {"low_us", delay.low.count()},
                {"high_us", delay.high.count()},
                {"sigma", delay.sigma},
                {"shape", delay.shape},
                {"trace_us", trace}}},
              {"bytes", {profile.bytes_low, profile.bytes_high}},
              {"rate", {profile.rate_low, profile.rate_high}},
              {"retry_after_s", profile.retry_after_s},
              {"faults", faults}}
      .dump();
}

namespace {

Delay delay_from(const json& from) {
  Delay delay;
  delay.kind = static_cast<DelayKind>(index_of(kDelayNames, from.at("kind"), "delay kind"));
  delay.low = microseconds(from.at("low_us").get<std::int64_t>());
  delay.high = microseconds(from.at("high_us").get<std::int64_t>());
  delay.sigma = from.at("sigma").get<double>();
  delay.shape = from.value("shape", 0.0);
  for (const json& each : from.value("trace_us", json::array())) delay.trace.emplace_back(each.get<std::int64_t>());
  std::sort(delay.trace.begin(), delay.trace.end());
  if (delay.low.count() < 0 || delay.high < delay.low) {
    throw std::invalid_argument("profile: delay: needs 0 <= low_us <= high_us");
  }
  if (delay.kind == DelayKind::trace && (delay.trace.empty() || delay.trace.front().count() < 0)) {
    throw std::invalid_argument("profile: delay: trace_us needs at least one delay, none below 0");
  }
  if (delay.kind == DelayKind::pareto && delay.shape <= 0) {
    throw std::invalid_argument("profile: delay: pareto needs shape above 0");
  }
  if (delay.kind == DelayKind::bimodal && (delay.shape < 0 || delay.shape > 1)) {
    throw std::invalid_argument("profile: delay: bimodal needs shape, the share of the long delay, in 0..1");
  }
  if (std::max(delay.high, delay.trace.empty() ? delay.high : delay.trace.back()) > kMostDelay) {
    throw std::invalid_argument("profile: delay: at most 300 s");
  }
  return delay;
}

}  // namespace

Profile profile_from_json(std::string_view text) try {
  const json from = json::parse(text);
  Profile profile;
  profile.name = from.at("name").get<std::string>();
  profile.delay = delay_from(from.at("delay"));
  profile.bytes_low = from.at("bytes").at(0);
  profile.bytes_high = from.at("bytes").at(1);
  if (profile.bytes_low > profile.bytes_high) throw std::invalid_argument("profile: bytes: low exceeds high");
  const json rate = from.value("rate", json{0, 0});
  profile.rate_low = rate.at(0);
  profile.rate_high = rate.at(1);
  if (profile.rate_low > profile.rate_high) throw std::invalid_argument("profile: rate: low exceeds high");
  if (profile.rate_low == 0 && profile.rate_high != 0) throw std::invalid_argument("profile: rate: low must be above 0");
  profile.retry_after_s = from.value("retry_after_s", 0U);
  for (const json& share : from.at("faults")) {
    const std::uint16_t status = share.at("status");
    if (status < 200 || status > 999) throw std::invalid_argument("profile: status must be 200 to 999");
    profile.faults.push_back({static_cast<Fault>(index_of(kFaultNames, share.at("fault"), "fault")), status, share.at("ppm")});
  }
  return profile;
} catch (const json::exception& error) {
  throw std::invalid_argument(std::string("profile: ") + error.what());
}

}  // namespace interleave
