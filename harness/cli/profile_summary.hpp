// A server profile in words.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "harness/http/profile.hpp"

namespace interleave {

// Delay, sizes, rate and faults in one line, from the profile itself: "50 to 500 ms; 1024 to 4096 bytes; no faults".
std::string summary_of(const Profile& profile);

}  // namespace interleave
