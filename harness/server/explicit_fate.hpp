// The grammar of explicit fates: the same keys in the query and as X-Fate-* headers.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/http/fate.hpp"
#include "harness/server/reply_plan.hpp"

namespace interleave {

// A parameter that is unknown, malformed, too large or contradicts another; what() names it, in plain words.
struct BadFate : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

using FateKeys = std::map<std::string, std::string, std::less<>>;

// The names of all keys.
std::vector<std::string_view> fate_keys();

// "a=1&b=2", percent-decoded. Throws BadFate where a key is given twice.
FateKeys keys_of_query(std::string_view query);
// The keys of X-Fate-* fields, in lower case and with _ for -.
FateKeys keys_of_fields(const std::vector<std::pair<std::string, std::string>>& fields);

// "120ms", "80us", "1.5s"; at most 300 s. Throws BadFate naming `key`.
std::chrono::nanoseconds duration_of(const std::string& key, std::string_view text);
// A whole number of at most `most`, with K, M or G for 2^10, 2^20, 2^30. Throws BadFate naming `key`.
std::uint64_t amount_of(const std::string& key, std::string_view text, std::uint64_t most);

// Lays the keys over a fate and a plan, which keep what no key speaks of. docs/server.md lists the keys.
void apply_keys(const FateKeys& keys, Fate& fate, ReplyPlan& plan);

}  // namespace interleave
