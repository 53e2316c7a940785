// Why a trial is void or skipped, as trials.jsonl holds it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace interleave {

// "check: text" of one reason, which is an object {"check","text"} or that very string; the text alone where no check
// is named.
std::string reason_text(const nlohmann::json& reason);

// The same of a trial's first reason; empty if it has none.
std::string first_reason(const nlohmann::json& trial);

}  // namespace interleave
