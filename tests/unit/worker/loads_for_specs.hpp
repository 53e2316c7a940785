// Loads of a few items, and what a spec says against one.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdexcept>
#include <string>
#include <utility>

#include "harness/load/workload.hpp"

namespace interleave {

inline Load load_of(const Profile& profile, std::uint32_t items, std::uint32_t in_flight, Settings parameters = {}) {
  Load load;
  load.profile = profile;
  load.items = items;
  load.in_flight = in_flight;
  load.parameters = std::move(parameters);
  return load;
}

inline Profile fixed(std::chrono::microseconds delay) {
  Profile profile;
  if (delay.count() > 0) profile.delay = {.kind = DelayKind::fixed, .low = delay, .high = delay};
  return profile;
}

template <Spec S>
std::string refusal(const Load& load) {
  try {
    const S spec(load);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

}  // namespace interleave
