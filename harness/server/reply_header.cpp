// Reason phrases as RFC 9110 and RFC 2324 name them, and the fields that RFC 9110 demands.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/reply_header.hpp"

#include <boost/beast/http/status.hpp>

namespace interleave {

std::string_view line_of(Persistence persistence) noexcept {
  switch (persistence) {
    case Persistence::keep_alive_1_1: break;
    case Persistence::keep_alive_1_0: return "Connection: keep-alive\r\n";
    case Persistence::close: return "Connection: close\r\n";
  }
  return "";
}

std::string_view reason_of(unsigned status) noexcept {
  if (status == 200) return "OK";
  if (status == 418) return "I'm a teapot";
  const auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  return reason == "<unknown-status>" ? std::string_view("Unknown") : std::string_view(reason.data(), reason.size());
}

std::string_view required_line(unsigned status) noexcept {
  switch (status) {
    case 401: return "WWW-Authenticate: Basic realm=\"interleave\"\r\n";
    case 405: return "Allow: GET, HEAD, OPTIONS\r\n";
    case 407: return "Proxy-Authenticate: Basic realm=\"interleave\"\r\n";
    case 426: return "Upgrade: HTTP/1.1\r\n";
    default: return "";
  }
}

}  // namespace interleave
