// Forms of targets, and the grammar of hosts.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/target.hpp"

#include <algorithm>
#include <array>

#include "harness/server/text.hpp"

namespace interleave {
namespace {

// The characters of a registered name: unreserved, pct-encoded and sub-delims of RFC 3986, but for the comma.
constexpr std::array<bool, 256> kOfName = [] {
  std::array<bool, 256> of_name{};
  constexpr std::string_view kAll = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%!$&'()*+;=";
  for (const char c : kAll) of_name[static_cast<unsigned char>(c)] = true;
  return of_name;
}();

bool is_hex(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// "[::1]", without looking for more than the right characters.
bool is_ip_literal(std::string_view text) noexcept {
  return text.size() > 2 &&
         std::all_of(text.begin() + 1, text.end() - 1, [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

Target divided(std::string_view text) noexcept {
  const std::size_t question = text.find('?');
  if (question == std::string_view::npos) return {text, {}, {}};
  return {text.substr(0, question), text.substr(question + 1), {}};
}

}  // namespace

std::optional<Target> target_of(std::string_view text, bool options) noexcept {
  if (text.starts_with('/')) return divided(text);
  if (text == "*") return options ? std::optional(Target{"*", {}, {}}) : std::nullopt;
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos || (text.substr(0, scheme) != "http" && text.substr(0, scheme) != "https")) {
    return std::nullopt;
  }
  text.remove_prefix(scheme + 3);
  const std::size_t end = std::min(text.size(), text.find_first_of("/?"));
  const std::string_view authority = text.substr(0, end);
  if (authority.empty() || authority.starts_with(':') || !is_valid_host(authority)) return std::nullopt;
  Target target = divided(text.substr(end));
  target.authority = authority;
  // RFC 9112, 3.2.4: without a path, OPTIONS asks of the server as a whole; RFC 9110, 4.2.3: all else of its root.
  if (target.path.empty()) target.path = options && target.query.empty() ? "*" : "/";
  return target;
}

bool is_valid_host(std::string_view host) noexcept {
  std::size_t end = 0;
  if (host.starts_with('[')) {
    end = host.find(']');
    if (end == std::string_view::npos || !is_ip_literal(host.substr(0, end + 1))) return false;
    ++end;
  } else {
    while (end != host.size() && kOfName[static_cast<unsigned char>(host[end])]) ++end;
  }
  if (end == host.size()) return true;
  return host[end] == ':' && std::all_of(host.begin() + static_cast<std::ptrdiff_t>(end) + 1, host.end(), is_digit);
}

}  // namespace interleave
