// The named profiles.
// SPDX-License-Identifier: Apache-2.0
#include "harness/http/profile.hpp"

#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "harness/text/joined.hpp"

namespace interleave {
namespace {

using std::chrono::microseconds;

constexpr std::uint32_t percent(double p) { return static_cast<std::uint32_t>(p * 10'000 + 0.5); }

Delay uniform_ms(int low, int high) {
  return {.kind = DelayKind::uniform, .low = microseconds(low * 1000), .high = microseconds(high * 1000)};
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
  Profile remote =
      plain("remote",
            {.kind = DelayKind::lognormal, .low = microseconds(80'000), .high = microseconds(2'000'000), .sigma = 0.4});
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

// What refuses and says for how long.
Profile busy_profile() {
  Profile busy = plain("busy", uniform_ms(50, 500));
  busy.retry_after_s = 1;
  busy.faults = {{Fault::status, 503, percent(5)}, {Fault::status, 429, percent(5)}};
  return busy;
}

// What refuses often, and leaves it to the client how long to wait.
Profile flaky_profile() {
  Profile flaky = plain("flaky", uniform_ms(50, 500));
  flaky.faults = {{Fault::status, 503, percent(40)}};
  return flaky;
}

// What loses some answers and cuts others off.
Profile lossy_profile() {
  Profile lossy = plain("lossy", uniform_ms(50, 500));
  lossy.faults = {{Fault::hang, 200, percent(10)}, {Fault::truncate, 200, percent(10)}};
  return lossy;
}

std::vector<Profile> all_profiles() {
  return {plain("local", {}),
          plain("delay", uniform_ms(50, 500)),
          error_profile(),
          remote_profile(),
          busy_profile(),
          flaky_profile(),
          lossy_profile(),
          hostile_profile(),
          plain("burst", {.kind = DelayKind::fixed, .low = microseconds(100'000), .high = microseconds(100'000)})};
}

microseconds longest(const Delay& delay) {
  switch (delay.kind) {
    case DelayKind::none: return microseconds(0);
    case DelayKind::fixed: return delay.low;
    case DelayKind::uniform:
    case DelayKind::lognormal:
    case DelayKind::bimodal:
    case DelayKind::pareto: return delay.high;
    case DelayKind::trace: return delay.trace.empty() ? microseconds(0) : delay.trace.back();
  }
  return microseconds(0);
}

microseconds scaled(microseconds time, double scale) {
  return microseconds(std::llround(static_cast<double>(time.count()) * scale));
}

}  // namespace

std::vector<std::string_view> profile_names() {
  return {"local", "delay", "error", "remote", "busy", "flaky", "lossy", "hostile", "burst"};
}

Profile profile_named(std::string_view name, double time_scale) {
  for (Profile& profile : all_profiles()) {
    if (profile.name != name) continue;
    profile.delay.low = scaled(profile.delay.low, time_scale);
    profile.delay.high = scaled(profile.delay.high, time_scale);
    if (profile.delay.high > kMostDelay) throw std::invalid_argument("a delay above 300 s: use a smaller time scale");
    return std::move(profile);
  }
  throw std::invalid_argument("unknown profile '" + std::string(name) + "'; known: " + joined(profile_names(), ", "));
}

void refuse_excess(const Profile& profile) {
  if (profile.bytes_high > kMostBytes) {
    throw std::invalid_argument("profile: bytes: at most " + std::to_string(kMostBytes) + ", 1 GiB");
  }
  for (const FaultShare& share : profile.faults) {
    if (share.fault == Fault::chunk_bytes && profile.bytes_high > kMostChunkBytes) {
      throw std::invalid_argument("profile: bytes: at most " + std::to_string(kMostChunkBytes) + " with chunk_bytes");
    }
  }
  const std::uint64_t slowest =
      profile.rate_low == 0 ? 0 : std::uint64_t{profile.bytes_high} * 1'000'000 / profile.rate_low;
  if (longest(profile.delay) + microseconds(slowest) > kMostDelay) {
    throw std::invalid_argument("profile: delay and rate: a whole reply may take at most 300 s");
  }
}

}  // namespace interleave
