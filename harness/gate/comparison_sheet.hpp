// A comparison of two runs, as a sheet and as JSON.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "harness/gate/comparison.hpp"
#include "harness/gate/sheet.hpp"

namespace interleave {

Sheet sheet_of(const Comparison& comparison, const std::string& base, const std::string& fresh);

// As docs/ci.md lays it down. An infinite ratio, or an end without a bound, is null.
nlohmann::json json_of(const Comparison& comparison, const std::string& base, const std::string& fresh);

}  // namespace interleave
