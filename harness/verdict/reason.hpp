// Why a trial is void or was skipped, out of a line of trials.jsonl.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace interleave {

struct Reason {
  std::string check;  // which check or limit it was, such as "sustained"; empty where none is named
  std::string text;   // for people, without the check's name

  std::string sentence() const { return check.empty() ? text : check + ": " + text; }
};

inline constexpr const char* kSustained = "sustained";  // the concurrency that was asked for was not kept up
inline constexpr const char* kPatience = "patience";    // slower than the profile has time for

// One element of a trial's `reasons`: {"check", "text"}, or a string that begins with the check's name and a colon.
// Empty from anything else, for a verdict is better than none.
Reason reason_from(const nlohmann::json& reason);

}  // namespace interleave
