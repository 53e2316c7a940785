// A profile's JSON, written and read.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/http/profile.hpp"
#include "harness/text/joined.hpp"
#include "harness/text/json_object.hpp"

namespace interleave {
namespace {

using nlohmann::json;
using std::chrono::microseconds;

constexpr std::array<std::string_view, 7> kDelayNames{"none",    "fixed",  "uniform", "lognormal",
                                                      "bimodal", "pareto", "trace"};
constexpr Range kDelays{0, 300'000'000};  // microseconds
constexpr Range kStatuses{200, 999};
constexpr Range kAny32{0, UINT32_MAX};

DelayKind kind_named(const JsonObject& from, const std::string& name) {
  const auto* const found = std::find(kDelayNames.begin(), kDelayNames.end(), name);
  if (found == kDelayNames.end()) {
    from.refuse("unknown kind '" + name + "'; known: " + joined(kDelayNames, ", "));
  }
  return static_cast<DelayKind>(found - kDelayNames.begin());
}

std::vector<microseconds> trace_of(const JsonObject& from) {
  std::vector<microseconds> trace;
  for (const json& each : from.list("trace_us")) {
    if (!each.is_number_unsigned() || each > kDelays.most) {
      from.refuse("trace_us has whole numbers from 0 to " + std::to_string(kDelays.most));
    }
    trace.emplace_back(each.get<std::int64_t>());
  }
  std::sort(trace.begin(), trace.end());
  return trace;
}

// What a kind does not use may be left out.
std::optional<std::uint64_t> zero_unless(bool used) { return used ? std::nullopt : std::optional<std::uint64_t>(0); }

Delay delay_from(const json& json_of_it) {
  const JsonObject from(json_of_it, "profile: delay");
  from.allow_only({"kind", "low_us", "high_us", "sigma", "shape", "trace_us"});
  Delay delay;
  delay.kind = kind_named(from, from.text("kind"));
  const auto is = [&](auto... kinds) { return ((delay.kind == kinds) || ...); };
  const bool spread = is(DelayKind::uniform, DelayKind::lognormal, DelayKind::bimodal, DelayKind::pareto);
  const std::uint64_t low = from.whole("low_us", kDelays, zero_unless(spread || is(DelayKind::fixed)));
  delay.low = microseconds(low);
  delay.high = microseconds(from.whole("high_us", kDelays, spread ? std::nullopt : std::optional(low)));
  delay.sigma = from.real("sigma", is(DelayKind::lognormal) ? std::nullopt : std::optional(0.0));
  delay.shape = from.real("shape", is(DelayKind::bimodal, DelayKind::pareto) ? std::nullopt : std::optional(0.0));
  delay.trace = trace_of(from);
  if (delay.high < delay.low) from.refuse("low_us must not exceed high_us");
  if (is(DelayKind::trace) && delay.trace.empty()) from.refuse("trace_us needs at least one delay");
  if (is(DelayKind::pareto) && delay.shape <= 0) from.refuse("pareto needs shape above 0");
  if (is(DelayKind::bimodal) && (delay.shape < 0 || delay.shape > 1)) {
    from.refuse("bimodal needs shape, the share of the long delay, in 0..1");
  }
  return delay;
}

// The pair [low, high] under `key`.
std::pair<std::uint32_t, std::uint32_t> span_from(const JsonObject& from, const char* key,
                                                  std::pair<std::uint32_t, std::uint32_t> otherwise) {
  if (!from.has(key)) return otherwise;
  const json pair = from.list(key);
  const auto fits = [](const json& each) { return each.is_number_unsigned() && each <= UINT32_MAX; };
  if (pair.size() != 2 || !fits(pair[0]) || !fits(pair[1])) {
    from.refuse(std::string(key) + " must be [low, high], whole numbers from 0 to " + std::to_string(UINT32_MAX));
  }
  if (pair[0] > pair[1]) from.refuse(std::string(key) + ": low exceeds high");
  return {pair[0].get<std::uint32_t>(), pair[1].get<std::uint32_t>()};
}

FaultShare share_from(const json& json_of_it) {
  const JsonObject from(json_of_it, "profile: faults");
  from.allow_only({"fault", "status", "ppm"});
  FaultShare share;
  const std::string name = from.text("fault");
  const std::optional<Fault> fault = fault_named(name);
  if (!fault) from.refuse("unknown fault '" + name + "'; docs/server.md lists all");
  share.fault = *fault;
  const std::uint64_t status =
      share.fault == Fault::status ? from.whole("status", kStatuses) : from.whole("status", kStatuses, 200);
  share.status = static_cast<std::uint16_t>(status);
  share.parts_per_million = static_cast<std::uint32_t>(from.whole("ppm", kAny32));
  return share;
}

}  // namespace

void to_json(json& out, const Profile& profile) {
  json faults = json::array();
  for (const FaultShare& share : profile.faults) {
    faults.push_back({{"fault", name_of(share.fault)}, {"status", share.status}, {"ppm", share.parts_per_million}});
  }
  const Delay& delay = profile.delay;
  json trace = json::array();
  for (const microseconds each : delay.trace) trace.push_back(each.count());
  out = json{{"name", profile.name},
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
             {"faults", faults}};
}

void from_json(const json& whole, Profile& profile) {
  const JsonObject from(whole, "profile");
  from.allow_only({"name", "delay", "bytes", "rate", "retry_after_s", "faults"});
  profile = {};
  profile.name = from.text("name");
  profile.delay = delay_from(from.at("delay"));
  std::tie(profile.bytes_low, profile.bytes_high) = span_from(from, "bytes", {profile.bytes_low, profile.bytes_high});
  std::tie(profile.rate_low, profile.rate_high) = span_from(from, "rate", {0, 0});
  if (profile.rate_low == 0 && profile.rate_high != 0) from.refuse("rate: low must be above 0");
  profile.retry_after_s = static_cast<std::uint32_t>(from.whole("retry_after_s", Range{0, kMostRetryAfter}, 0));
  for (const json& share : from.list("faults")) profile.faults.push_back(share_from(share));
}

}  // namespace interleave
