// The paths that mean something by themselves: the httpbin subset, /echo, and the flags of the classic clients.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/http/fate.hpp"
#include "harness/server/reply_plan.hpp"

namespace interleave {

// A request as a route sees it; everything is valid during the call alone.
struct RouteRequest {
  std::string_view method;
  std::string_view path;
  std::string_view query;
  const std::vector<std::pair<std::string, std::string>>& fields;
  const std::string& body;
  std::uint64_t number;  // of the request since the server began; picks one of several /status codes
};

// Whether the path is a route; then fate and plan say what to answer. Throws BadFate where the path's own parameters
// are bad.
bool route(const RouteRequest& request, Fate& fate, ReplyPlan& plan);

}  // namespace interleave
