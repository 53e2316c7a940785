// The names that items look up, and what the name server makes of each query: from the seed alone, for the server and
// for the oracle. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "harness/dns/message.hpp"
#include "harness/http/fate.hpp"
#include "harness/numbers/mix.hpp"

namespace interleave {

// The classic's: the short keywords of a language, under .dev.
inline constexpr std::array<std::string_view, 18> kClassicNames{
    "and.dev", "as.dev", "def.dev",  "del.dev", "elif.dev", "else.dev", "for.dev",  "from.dev", "if.dev",
    "in.dev",  "is.dev", "none.dev", "not.dev", "or.dev",   "pass.dev", "true.dev", "try.dev",  "with.dev"};
inline constexpr std::string_view kNowhere = ".invalid";  // RFC 2606: names under it never exist

constexpr bool is_nowhere(std::uint64_t item) noexcept { return item >= kClassicNames.size() && item % 6 == 5; }

// The name that an item looks up: one of the classic's, then host18.example, ..., every sixth under .invalid.
inline DnsName name_of_item(std::uint64_t item) noexcept {
  if (item < kClassicNames.size()) return DnsName(kClassicNames[item]);
  std::array<char, 40> text{'h', 'o', 's', 't'};
  char* const end = std::to_chars(text.data() + 4, text.data() + 24, item).ptr;
  const std::string_view zone = is_nowhere(item) ? kNowhere : std::string_view(".example");
  std::memcpy(end, zone.data(), zone.size());
  return DnsName({text.data(), static_cast<std::size_t>(end - text.data()) + zone.size()});
}

// The item whose name it is; none: it is nobody's.
inline std::optional<std::uint64_t> item_of_name(const DnsName& name) noexcept {
  const auto* const classic = std::find(kClassicNames.begin(), kClassicNames.end(), name.text());
  if (classic != kClassicNames.end()) return static_cast<std::uint64_t>(classic - kClassicNames.begin());
  const std::string_view text = name.text();
  if (text.size() < 5) return std::nullopt;
  std::uint64_t item = 0;
  std::from_chars(text.data() + 4, text.data() + text.size(), item);
  if (!(name_of_item(item) == name)) return std::nullopt;
  return item;
}

// A query's ID says in its low four bits which attempt it is, so that its fate does not depend on what came before.
inline constexpr std::uint32_t kMostLookupAttempts = 8;
inline constexpr std::uint32_t kOverTcp = 16;  // the attempt that goes over TCP
constexpr std::uint16_t query_id(std::uint64_t item, std::uint32_t attempt) noexcept {
  return static_cast<std::uint16_t>(mix64(0x6964, item) << 4 | (attempt & 15));
}
constexpr std::uint32_t attempt_of_id(std::uint16_t id) noexcept { return id & 15U; }

inline DnsMessage query_of(std::uint64_t item, std::uint32_t attempt) noexcept {
  DnsMessage query;
  query.id = query_id(item, attempt);
  query.name = name_of_item(item);
  return query;
}

// What a query comes to. `lost`: its answer is, on the way. `truncated`: ask again over TCP.
enum class LookupFate : std::uint8_t { address, no_such_name, failure, lost, truncated };

// A fate as HTTP has it, read for a query: what is sent over TCP arrives, and whole. F is Fates, or a table of them.
template <class F>
Fate fate_of_query(const F& fates, std::uint64_t item, std::uint32_t attempt) noexcept {
  Fate fate = fates.of(item, attempt);
  const bool broken = fate.fault == Fault::hang || fate.fault == Fault::truncate;
  if (attempt != kOverTcp || !broken) return fate;
  fate.fault = Fault::none;
  fate.status = 200;
  return fate;
}
constexpr bool is_fault_of_lookups(Fault fault) noexcept {
  return fault == Fault::none || fault == Fault::status || fault == Fault::hang || fault == Fault::truncate;
}
constexpr LookupFate fate_of_lookup(const Fate& fate, std::uint64_t item) noexcept {
  if (fate.fault == Fault::hang) return LookupFate::lost;
  if (fate.fault == Fault::truncate) return LookupFate::truncated;
  if (is_nowhere(item) || fate.status == 404) return LookupFate::no_such_name;
  return fate.status >= 400 ? LookupFate::failure : LookupFate::address;
}

// In 10.0.0.0/8.
constexpr std::uint32_t address_of_item(std::uint64_t seed, std::uint64_t item) noexcept {
  return 0x0a00'0000U | static_cast<std::uint32_t>(mix64(seed ^ 0x61646472, item) >> 40);
}

}  // namespace interleave
