// A profile: from what an item's fate is drawn (delays, sizes, shares of faults).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/http/faults.hpp"

namespace interleave {

// Limits of what a reply may be, whether its fate is drawn or asked for; see docs/server.md.
inline constexpr std::uint32_t kMostBytes = 1U << 30;       // of a generated body
inline constexpr std::uint32_t kMostChunkBytes = 1U << 20;  // of one that goes out in chunks of one byte
inline constexpr std::chrono::seconds kMostDelay{300};      // of a whole reply
inline constexpr std::uint32_t kMostRetryAfter = 300;       // seconds

enum class DelayKind : std::uint8_t { none, fixed, uniform, lognormal, bimodal, pareto, trace };

// How long the server waits between a parsed request and the first byte of its reply.
struct Delay {
  DelayKind kind = DelayKind::none;
  std::chrono::microseconds low{
      0};  // fixed: the delay; uniform, pareto: least; lognormal: median; bimodal: the short one
  std::chrono::microseconds high{0};  // uniform: most; lognormal, pareto: cap; bimodal: the long one
  double sigma = 0;                   // lognormal: of the logarithm
  double shape = 0;  // pareto: alpha, above 0; bimodal: the share of items that take the long one, 0..1
  std::vector<std::chrono::microseconds> trace{};  // trace: the delays to draw from, ascending, at least one
};

struct FaultShare {
  Fault fault = Fault::none;
  std::uint16_t status = 200;           // with Fault::status
  std::uint32_t parts_per_million = 0;  // of the items; exact, see fate.hpp
};

struct Profile {
  std::string name = "local";
  Delay delay;
  std::uint32_t bytes_low = 1024;  // body sizes are uniform in [bytes_low, bytes_high]
  std::uint32_t bytes_high = 4096;
  // Bytes per second that a body is written at, uniform in [rate_low, rate_high]; 0: as fast as it goes.
  std::uint32_t rate_low = 0;
  std::uint32_t rate_high = 0;
  // Whole seconds in the Retry-After of 429 and 503, counted in the ledger when a later attempt comes too early; 0: no
  // such field.
  std::uint32_t retry_after_s = 0;
  std::vector<FaultShare> faults;  // in order of precedence; shares add up to at most 1,000,000
};

// The named profiles; see docs/server.md for what each is for.
std::vector<std::string_view> profile_names();

// A profile by name, every delay multiplied by `time_scale` (1 = as documented).
// Throws std::invalid_argument naming the known profiles.
Profile profile_named(std::string_view name, double time_scale = 1.0);

// JSON of a profile, and back:
// {"name","delay":{"kind","low_us","high_us","sigma","shape","trace_us":[]},"bytes":[low,high],"rate":[low,high],"retry_after_s",
// "faults":[{"fault","status","ppm"}]}. Only name, delay and its kind must be there, and what the kind or fault uses;
// the rest is as in `local`. from_json throws std::invalid_argument with the key at fault, be it an unknown one.
void to_json(nlohmann::json& out, const Profile& profile);
void from_json(const nlohmann::json& from, Profile& profile);

// Throws std::invalid_argument, a sentence, where a reply would exceed the limits above.
void refuse_excess(const Profile& profile);

}  // namespace interleave
