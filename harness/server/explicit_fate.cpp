// Reading keys, and refusing what cannot be meant.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/explicit_fate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>
#include <optional>

#include "harness/server/contradictions.hpp"
#include "harness/server/form.hpp"
#include "harness/server/text.hpp"
#include "harness/text/leading_number.hpp"

namespace interleave {
namespace {

using std::chrono::nanoseconds;

[[noreturn]] void bad(const std::string& key, std::string_view text, std::string_view wanted) {
  throw BadFate(fmt::format("{}={}: {}", key, text, wanted));
}

bool is_true(const std::string& key, const std::string& text) {
  if (text == "1") return true;
  if (text == "0") return false;
  bad(key, text, "use 1 or 0");
}

void set_fault(const std::string& key, const std::string& text, Fate& fate, ReplyPlan& plan) {
  const std::size_t sign = text.find('@');
  const std::string name = text.substr(0, sign);
  if (name == "keep_alive_race") {
    plan.close_unannounced = true;
  } else if (name == "idle_408") {
    plan.idle_408 = nanoseconds(0);
  } else if (const auto fault = fault_named(name); fault && *fault != Fault::status) {
    fate.fault = *fault;
  } else {
    bad(key, text, "no such fault; docs/server.md lists them");
  }
  if (sign == std::string::npos) return;
  plan.at = amount_of(key, std::string_view(text).substr(sign + 1), kMostBytes);
  if (fate.fault == Fault::reset) fate.fault = Fault::reset_body;
  if (!traits_of(fate.fault).has(kAt)) bad(key, text, "only reset, truncate, truncate_chunked and stall take @bytes");
}

void set_interim(const std::string& key, const std::string& text, ReplyPlan& plan) {
  for (const std::string_view code : split(text, ',')) {
    const auto status = static_cast<std::uint16_t>(amount_of(key, code, 199));
    if (status < 100 || status == 101) bad(key, text, "use codes 100 to 199 but 101, divided by commas");
    plan.interim.push_back(status);
  }
}

void set_status(const std::string& key, const std::string& text, Fate& fate) {
  fate.status = static_cast<std::uint16_t>(amount_of(key, text, 999));
  if (fate.status < 200) bad(key, text, "use 200 to 999; interim=103 sends a 1xx");
  if (fate.fault == Fault::none || fate.fault == Fault::status) {
    fate.fault = fate.status == 200 ? Fault::none : Fault::status;
  }
}

void set_limit(const std::string& key, const std::string& text, ReplyPlan& plan) {
  const auto per_second = leading_number<double>(text);
  if (!per_second.is_all() || !(per_second.value >= 0.01 && per_second.value <= 1e6)) {
    bad(key, text, "use 0.01 to 1000000 requests per second");
  }
  plan.admission.per_second = per_second.value;
}

std::uint32_t at_least_one(const std::string& key, const std::string& text, std::uint64_t most) {
  const auto amount = static_cast<std::uint32_t>(amount_of(key, text, most));
  if (amount == 0) bad(key, text, "at least 1");
  return amount;
}

using Setter = std::function<void(const std::string& key, const std::string& text, Fate&, ReplyPlan&)>;

// `fault` comes before `status` in this order, which lays a status over any fault.
const std::vector<std::pair<std::string_view, Setter>>& setters() {
  static const std::vector<std::pair<std::string_view, Setter>> all{
      {"fault", set_fault},
      {"status", [](auto& key, auto& text, Fate& fate, auto&) { set_status(key, text, fate); }},
      {"delay", [](auto& key, auto& text, Fate& fate, auto&) { fate.delay = duration_of(key, text); }},
      {"bytes", [](auto& key, auto& text, Fate& fate,
                   auto&) { fate.bytes = static_cast<std::uint32_t>(amount_of(key, text, kMostBytes)); }},
      {"rate",
       [](auto& key, auto& text, Fate& fate, auto&) {
         fate.bytes_per_second = static_cast<std::uint32_t>(amount_of(key, text, kMostBytes));
         if (fate.bytes_per_second == 0) bad(key, text, "at least 1 byte per second");
       }},
      {"chunks",
       [](auto& key, auto& text, Fate& fate, ReplyPlan& plan) {
         plan.pieces = at_least_one(key, text, 10'000);
         if (fate.fault == Fault::none || fate.fault == Fault::status) fate.fault = Fault::chunked;
       }},
      {"pieces", [](auto& key, auto& text, auto&, ReplyPlan& plan) { plan.pieces = at_least_one(key, text, 10'000); }},
      {"drip", [](auto& key, auto& text, auto&, ReplyPlan& plan) { plan.drip = duration_of(key, text); }},
      {"header_pause",
       [](auto& key, auto& text, auto&, ReplyPlan& plan) { plan.header_pause = duration_of(key, text); }},
      {"interim", [](auto& key, auto& text, auto&, ReplyPlan& plan) { set_interim(key, text, plan); }},
      {"retry_after",
       [](auto& key, auto& text, auto&, ReplyPlan& plan) {
         plan.retry_after_s = static_cast<std::uint32_t>(amount_of(key, text, kMostRetryAfter));
       }},
      {"location",
       [](auto& key, auto& text, auto&, ReplyPlan& plan) {
         if (text.find_first_of("\r\n") != std::string::npos) bad(key, "...", "line ends are not allowed");
         plan.fields += fmt::format("Location: {}\r\n", text);
       }},
      {"close", [](auto& key, auto& text, auto&, ReplyPlan& plan) { plan.close_after = is_true(key, text) ? 1 : 0; }},
      {"close_after", [](auto& key, auto& text, auto&,
                         ReplyPlan& plan) { plan.close_after = at_least_one(key, text, 1'000'000'000); }},
      {"idle",
       [](auto& key, auto& text, auto&, ReplyPlan& plan) {
         if (const auto idle = duration_of(key, text); plan.idle_408) plan.idle_408 = idle;
       }},
      {"limit", [](auto& key, auto& text, auto&, ReplyPlan& plan) { set_limit(key, text, plan); }},
      {"burst", [](auto& key, auto& text, auto&,
                   ReplyPlan& plan) { plan.admission.burst = at_least_one(key, text, 1'000'000); }},
      {"shed_above", [](auto& key, auto& text, auto&,
                        ReplyPlan& plan) { plan.admission.shed_above = at_least_one(key, text, 1'000'000); }},
  };
  return all;
}

}  // namespace

std::vector<std::string_view> fate_keys() {
  std::vector<std::string_view> names;
  for (const auto& [name, set] : setters()) names.push_back(name);
  return names;
}

FateKeys keys_of_query(std::string_view query) {
  FateKeys keys;
  for (auto& [key, value] : pairs_of(query)) {
    if (!keys.emplace(key, std::move(value)).second) throw BadFate(key + " is given twice");
  }
  return keys;
}

FateKeys keys_of_fields(const std::vector<std::pair<std::string, std::string>>& fields) {
  constexpr std::string_view kPrefix = "x-fate-";
  FateKeys keys;
  for (const auto& [name, value] : fields) {
    std::string key;
    for (const char c : name) key += c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (key.size() <= kPrefix.size() || key.compare(0, kPrefix.size(), "x_fate_") != 0) continue;
    key.erase(0, kPrefix.size());
    if (!keys.emplace(key, value).second) throw BadFate("X-Fate-" + key + " is given twice");
  }
  return keys;
}

nanoseconds duration_of(const std::string& key, std::string_view text) {
  const std::optional<double> ns = nanoseconds_in(text);
  if (!ns) bad(key, text, "use a number with us, ms or s");
  if (*ns > 300e9) bad(key, text, "at most 300s");
  return nanoseconds(std::llround(*ns));
}

std::uint64_t amount_of(const std::string& key, std::string_view text, std::uint64_t most) {
  const auto [number, error, unit] = leading_number<std::uint64_t>(text);
  const unsigned shift = unit.empty() ? 0 : unit == "K" ? 10 : unit == "M" ? 20 : unit == "G" ? 30 : 64;
  if (error == std::errc::result_out_of_range) bad(key, text, fmt::format("at most {}", most));
  if (error != std::errc() || shift == 64) bad(key, text, "use a whole number, with K, M or G if need be");
  if (number > most >> shift) bad(key, text, fmt::format("at most {}", most));
  return number << shift;
}

void apply_keys(const FateKeys& keys, Fate& fate, ReplyPlan& plan) {
  for (const auto& [key, value] : keys) {
    const bool known = std::any_of(setters().begin(), setters().end(), [&](const auto& s) { return s.first == key; });
    if (!known) throw BadFate("unknown parameter '" + key + "'");
  }
  for (const auto& [name, set] : setters()) {
    if (const auto given = keys.find(name); given != keys.end()) set(given->first, given->second, fate, plan);
  }
  refuse_contradictions(keys, fate, plan);
  if (fate.status == 204 || fate.status == 304) fate.bytes = 0;
}

}  // namespace interleave
