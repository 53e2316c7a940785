// What was asked, as httpbin tells it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "harness/server/routes.hpp"

namespace interleave {

// An object with these of "args", "data", "files", "form", "headers", "json", "method", "origin" and "url".
nlohmann::json told(const RouteRequest& request, std::initializer_list<std::string_view> keys);

// "http://host:port" that the request was sent to.
std::string origin_of_url(const RouteRequest& request);

}  // namespace interleave
