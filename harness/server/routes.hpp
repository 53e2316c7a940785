// The paths that mean something by themselves: httpbin's best-known ones, and /echo.
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
  std::string_view authority;  // of an absolute target; empty otherwise
  const std::vector<std::pair<std::string, std::string>>& fields;
  const std::string& body;
  int socket;            // that it came through, to be asked for its addresses
  std::uint64_t number;  // of the request since the server began; picks one of several /status codes
};

// The value of the first field of that name (in lower case); empty where there is none.
std::string_view field_of(const RouteRequest& request, std::string_view name);

// Whether the path is a route; then fate and plan say what to answer. Throws BadFate where the path's own parameters
// are bad.
bool route(const RouteRequest& request, Fate& fate, ReplyPlan& plan);

// A route as one asks for it, and what it is for.
std::vector<std::pair<std::string_view, std::string_view>> route_list();

}  // namespace interleave
