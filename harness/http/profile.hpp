// A profile: from what an item's fate is drawn (delays, sizes, shares of faults).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace interleave {

enum class DelayKind : std::uint8_t { none, fixed, uniform, lognormal };

// How long the server waits between a parsed request and the first byte of its reply.
struct Delay {
  DelayKind kind = DelayKind::none;
  std::chrono::microseconds low{0};   // fixed: the delay; uniform: least; lognormal: median
  std::chrono::microseconds high{0};  // uniform: most; lognormal: cap
  double sigma = 0;                   // lognormal: of the logarithm
};

// What may go wrong with a reply that is drawn by seed. A status is an answer; the rest break the exchange.
enum class Fault : std::uint8_t {
  none,
  status,     // a complete reply with FaultShare::status
  hang,       // never answers
  reset,      // RST before the first byte
  reset_body, // RST after half of the body
  truncate,   // FIN after half of the body
  malformed,  // a status line that is none, then FIN
  empty,      // FIN without a byte
};

struct FaultShare {
  Fault fault = Fault::none;
  std::uint16_t status = 200;             // with Fault::status
  std::uint32_t parts_per_million = 0;    // of the items; exact, see fate.hpp
};

struct Profile {
  std::string name = "local";
  Delay delay;
  std::uint32_t bytes_low = 1024;  // body sizes are uniform in [bytes_low, bytes_high]
  std::uint32_t bytes_high = 4096;
  std::vector<FaultShare> faults;  // in order of precedence; shares add up to at most 1,000,000
};

// The named profiles; see docs/server.md for what each is for.
std::vector<std::string_view> profile_names();

// A profile by name, every delay multiplied by `time_scale` (1 = as documented).
// Throws std::invalid_argument naming the known profiles.
Profile profile_named(std::string_view name, double time_scale = 1.0);

// JSON of a profile, read back by profile_from_json: {"name","delay":{"kind","low_us","high_us","sigma"},
// "bytes":[low,high],"faults":[{"fault","status","ppm"}]}. Throws std::invalid_argument with the key at fault.
std::string to_json(const Profile& profile);
Profile profile_from_json(std::string_view json);

std::string_view name_of(Fault fault) noexcept;

}  // namespace interleave
