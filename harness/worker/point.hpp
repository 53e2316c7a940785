// A point's file, and the flags that make a load by hand.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "harness/text/range.hpp"
#include "harness/worker/load.hpp"

namespace interleave {

inline constexpr Range kItems{1, UINT32_MAX - 1}, kCores{1, 65'535}, kSeeds{0, UINT64_MAX};

// Reads {"schema":1,"workload","items","in_flight","cores","seed","timeout_us","profile":{...},"port","parameters":{},
// "policies":{}}. Throws std::invalid_argument or std::runtime_error in one line.
Load read_point(const std::string& file);

// These throw std::invalid_argument in one line that names the flag.
std::uint16_t port_of(const std::string& host_and_port);  // only 127.0.0.1 and localhost
std::uint64_t number_of(const std::string& flag, const std::string& text, Range range);
void set_policy(Load& load, const std::string& key_and_value);     // key=value
void set_parameter(Load& load, const std::string& key_and_value);  // key=value, or timeout=TIME

}  // namespace interleave
