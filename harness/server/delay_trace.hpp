// Delays from a file.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "harness/http/profile.hpp"

namespace interleave {

// One delay a line ("120ms", "80us", "1.5s"); empty lines and lines that begin with # are skipped. Each is multiplied
// by `time_scale`. Throws std::invalid_argument naming file and line, or std::runtime_error if the file cannot be read.
Delay traced_delay(const std::string& path, double time_scale);

}  // namespace interleave
