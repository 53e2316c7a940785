// Both shapes of a reason.
// SPDX-License-Identifier: Apache-2.0
#include "harness/results/reasons.hpp"

#include <nlohmann/json.hpp>

namespace interleave {

std::string reason_text(const nlohmann::json& reason) {
  if (reason.is_string()) return reason.get<std::string>();
  if (!reason.is_object()) return reason.dump();
  const std::string check = reason.value("check", ""), text = reason.value("text", "");
  return check.empty() ? text : check + ": " + text;
}

std::string first_reason(const nlohmann::json& trial) {
  const nlohmann::json& reasons = trial.at("reasons");
  return reasons.empty() ? "" : reason_text(reasons.front());
}

}  // namespace interleave
