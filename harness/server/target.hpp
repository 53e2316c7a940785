// Request targets: one meaning for the origin form and the absolute form.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>

namespace interleave {

struct Target {
  std::string_view path;       // "/a/b", or "*" of OPTIONS
  std::string_view query;      // behind the question mark; empty without one
  std::string_view authority;  // of the absolute form, which goes before Host
};

// "/path?query", "http://host:port/path?query", or with OPTIONS "*"; empty where it is none of these. Views of `text`,
// or of static storage.
std::optional<Target> target_of(std::string_view text, bool options) noexcept;

// Whether a Host field, or the authority of a target, is host[:port] as RFC 9110 and RFC 3986 have it, without the
// comma, which would be two hosts. An empty one is valid: it stands for a target without an authority.
bool is_valid_host(std::string_view host) noexcept;

}  // namespace interleave
