// What a gate has to say of its result.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "harness/gate/gate_result.hpp"
#include "harness/gate/sheet.hpp"

namespace interleave {

Sheet sheet_of(const GateResult& result);
nlohmann::json json_of(const GateResult& result);  // as docs/ci.md lays it down

}  // namespace interleave
