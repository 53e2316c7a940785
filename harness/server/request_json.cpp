// Arguments, forms, fields and addresses as JSON.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/request_json.hpp"

#include <fmt/format.h>

#include <cctype>

#include "harness/server/addresses.hpp"
#include "harness/server/form.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr int kMostDepth = 200;  // of a JSON body: writing it again takes stack

// One value for a key that comes once, a list for one that comes again.
json semiflat(const Pairs& pairs) {
  json object = json::object();
  for (const auto& [key, value] : pairs) {
    json& there = object[key];
    if (there.is_null()) there = value;
    else if (there.is_array()) there.push_back(value);
    else there = json::array({there, value});
  }
  return object;
}

bool is_utf8(const std::string& text) {
  try {
    (void)json(text).dump();
    return true;
  } catch (const json::type_error&) {
    return false;
  }
}

// Text as it is, anything else as a data URL.
std::string json_safe(const std::string& bytes, std::string_view content_type) {
  return is_utf8(bytes) ? bytes : fmt::format("data:{};base64,{}", content_type, base64(bytes));
}

// "x-one" becomes "X-One".
std::string titled(std::string_view name) {
  std::string title;
  bool inside = false;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    title += static_cast<char>(inside ? std::tolower(byte) : std::toupper(byte));
    inside = std::isalpha(byte) != 0;
  }
  return title;
}

json headers_of(const RouteRequest& request) {
  json object = json::object();
  for (const auto& [name, value] : request.fields) {
    json& there = object[titled(name)];
    there = there.is_null() ? value : there.get<std::string>() + "," + value;
  }
  return object;
}

json files_of(const Form& form) {
  json object = json::object();
  for (const File& file : form.files) {
    if (!object.contains(file.name)) object[file.name] = json_safe(file.content, file.content_type);
  }
  return object;
}

json body_as_json(const std::string& text) {
  bool too_deep = false;
  json body = json::parse(
      text,
      [&](int depth, json::parse_event_t, json&) {
        too_deep = too_deep || depth > kMostDepth;
        return !too_deep;
      },
      false);
  return body.is_discarded() || too_deep ? json() : body;
}

std::string origin_of(const RouteRequest& request) {
  const std::string_view forwarded = field_of(request, "x-forwarded-for");
  return forwarded.empty() ? peer_address(request.socket) : std::string(forwarded);
}

std::string scheme_of(const RouteRequest& request) {
  for (const std::string_view name : {"x-forwarded-proto", "x-forwarded-protocol"}) {
    if (const std::string_view given = field_of(request, name); !given.empty()) return std::string(given);
  }
  return field_of(request, "x-forwarded-ssl") == "on" ? "https" : "http";
}

std::string host_of(const RouteRequest& request) {
  if (!request.authority.empty()) return std::string(request.authority);
  const std::string_view host = field_of(request, "host");
  return host.empty() ? local_authority(request.socket) : std::string(host);
}

}  // namespace

std::string origin_of_url(const RouteRequest& request) { return fmt::format("http://{}", host_of(request)); }

json told(const RouteRequest& request, std::initializer_list<std::string_view> keys) {
  const Form form = form_of(field_of(request, "content-type"), request.body);
  const std::string data = form.is_form ? std::string() : request.body;
  json object = json::object();
  for (const std::string_view key : keys) {
    json& value = object[std::string(key)];
    if (key == "args") value = semiflat(pairs_of(request.query));
    else if (key == "data") value = json_safe(data, "application/octet-stream");
    else if (key == "files") value = files_of(form);
    else if (key == "form") value = semiflat(form.fields);
    else if (key == "headers") value = headers_of(request);
    else if (key == "json") value = body_as_json(data);
    else if (key == "method") value = request.method;
    else if (key == "origin") value = origin_of(request);
    else if (key == "url") {
      value = fmt::format("{}://{}{}{}{}", scheme_of(request), host_of(request), request.path,
                          request.query.empty() ? "" : "?", request.query);
    }
  }
  return object;
}

}  // namespace interleave
