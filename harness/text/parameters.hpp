// Typed reading of a load's parameters and policies.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/text/range.hpp"

namespace interleave {

// A parameter of a workload or a policy of a model, as it declares it.
struct Setting {
  std::string_view name;
  std::string_view otherwise;  // the value where it is not given
  std::string_view meaning;    // with unit and range
};

using Settings = std::map<std::string, std::string>;

// A whole number in decimal. Throws std::invalid_argument: "<what>=<text> must be a whole number from .. to ..".
std::uint64_t whole_number(const std::string& what, const std::string& text, Range range);

// The one under `key`, or `otherwise` where the key is absent.
std::uint64_t whole_number(const Settings& settings, const std::string& key, std::uint64_t otherwise, Range range);

// Throws std::invalid_argument naming the first key of `given` that is not declared, and the declared ones. `what` is
// "parameter" or "policy", `whose` the name of the workload or model.
void refuse_unknown(const Settings& given, std::span<const Setting> declared, std::string_view what,
                    std::string_view whose);

// A time such as 250us, 50ms or 1.5s; the unit is required. Throws std::invalid_argument naming the key.
std::chrono::microseconds time_span(const Settings& settings, const std::string& key,
                                    std::chrono::microseconds otherwise);

// The same for a bare text.
std::chrono::microseconds parse_time_span(const std::string& text);

}  // namespace interleave
