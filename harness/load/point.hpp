// A point's file, and what flags of a load may be.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "harness/load/load.hpp"
#include "harness/text/range.hpp"

namespace interleave {

inline constexpr Range kItems{1, UINT32_MAX - 1}, kCores{1, 65'535}, kSeeds{0, UINT64_MAX};
inline constexpr Range kTimeouts{0, 1'000'000'000'000};  // microseconds

// Reads a load with "schema":1. Throws std::invalid_argument or std::runtime_error in one line that names the file.
Load read_point(const std::filesystem::path& file);

// These throw std::invalid_argument in one line that names the flag.
std::uint16_t port_of(const std::string& host_and_port);           // only 127.0.0.1 and localhost
void set_policy(Load& load, const std::string& key_and_value);     // key=value
void set_parameter(Load& load, const std::string& key_and_value);  // key=value, or timeout=TIME

}  // namespace interleave
