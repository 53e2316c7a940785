// httpbin's well-known paths, as far as a client test needs them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "harness/numbers/mix.hpp"
#include "harness/server/explicit_fate.hpp"
#include "harness/server/text.hpp"

namespace interleave {
namespace {

using nlohmann::json;
using Dump = json::error_handler_t;

constexpr std::uint64_t kMostCopied = 1U << 20;  // of bytes that are written piece by piece

json object_of(const std::vector<std::pair<std::string, std::string>>& fields) {
  json object = json::object();
  for (const auto& [name, value] : fields) object[name] = value;
  return object;
}

void tell(const json& body, ReplyPlan& plan) {
  plan.fields += "Content-Type: application/json\r\n";
  plan.content = body.dump(2, ' ', false, Dump::replace) + "\n";
}

void get(const RouteRequest& request, ReplyPlan& plan) {
  tell({{"args", keys_of_query(request.query)}, {"headers", object_of(request.fields)}, {"url", request.path}}, plan);
}

void anything(const RouteRequest& request, ReplyPlan& plan) {
  tell({{"args", keys_of_query(request.query)},
        {"data", request.body},
        {"headers", object_of(request.fields)},
        {"method", request.method},
        {"url", request.path}},
       plan);
}

void echo(const RouteRequest& request, ReplyPlan& plan) {
  for (const auto& [name, value] : request.fields) {
    if (name == "Content-Type" || name == "content-type") plan.fields += fmt::format("Content-Type: {}\r\n", value);
  }
  plan.content = request.body;
}

void set_status(std::uint64_t status, Fate& fate, ReplyPlan& plan) {
  if (status < 200) throw BadFate("status: use 200 to 999");
  fate.status = static_cast<std::uint16_t>(status);
  fate.fault = status == 200 ? Fault::none : Fault::status;
  if (status >= 301 && status <= 308 && status != 304) plan.fields += "Location: /redirect/1\r\n";
}

// "418", "200,500", or with weights "200:3,500:1": request after request one of them, by their weights.
void status(const RouteRequest& request, std::string_view codes, Fate& fate, ReplyPlan& plan) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> upto;
  std::uint64_t sum = 0;
  for (const std::string_view each : split(codes, ',')) {
    const std::size_t colon = each.find(':');
    const std::uint64_t code = amount_of("status", each.substr(0, colon), 999);
    sum += colon == std::string_view::npos ? 1 : amount_of("weight", each.substr(colon + 1), 1'000'000);
    upto.emplace_back(sum, code);
  }
  if (sum == 0) throw BadFate("status: the weights add up to 0");
  const std::uint64_t drawn = mix64(request.number) % sum;
  const auto chosen = std::find_if(upto.begin(), upto.end(), [&](const auto& each) { return drawn < each.first; });
  set_status(chosen->second, fate, plan);
}

void redirect(std::string_view hops, Fate& fate, ReplyPlan& plan) {
  const std::uint64_t left = amount_of("redirect", hops, 100);
  if (left == 0) throw BadFate("redirect: use 1 to 100");
  fate.fault = Fault::status;
  fate.status = 302;
  plan.fields += left == 1 ? "Location: /get\r\n" : fmt::format("Location: /redirect/{}\r\n", left - 1);
}

void redirect_loop(Fate& fate, ReplyPlan& plan) {
  fate.fault = Fault::status;
  fate.status = 302;
  plan.fields += "Location: /redirect-loop\r\n";
}

// Seconds, as httpbin counts: with a fraction, and no unit.
std::chrono::nanoseconds seconds_of(const std::string& key, std::string_view text) {
  return duration_of(key, std::string(text) + "s");
}

void drip(const RouteRequest& request, Fate& fate, ReplyPlan& plan) {
  fate.bytes = 10;
  auto duration = std::chrono::nanoseconds(std::chrono::seconds(2));
  for (const auto& [key, value] : keys_of_query(request.query)) {
    if (key == "duration") duration = seconds_of(key, value);
    else if (key == "delay") fate.delay = seconds_of(key, value);
    else if (key == "code") set_status(amount_of(key, value, 999), fate, plan);
    else if (key == "numbytes") fate.bytes = static_cast<std::uint32_t>(amount_of(key, value, 10'000));
    else throw BadFate("unknown parameter '" + key + "'; /drip takes duration, delay, code and numbytes");
  }
  plan.pieces = std::max(1U, fate.bytes);
  plan.drip = duration / plan.pieces;
}

void bytes(std::string_view count, Fate& fate, ReplyPlan& plan) {
  fate.bytes = static_cast<std::uint32_t>(amount_of("bytes", count, kMostBytes));
  plan.fields += "Content-Type: application/octet-stream\r\n";
}

void stream_bytes(const RouteRequest& request, std::string_view count, Fate& fate, ReplyPlan& plan) {
  bytes(count, fate, plan);
  std::uint64_t chunk = 10'240;
  for (const auto& [key, value] : keys_of_query(request.query)) {
    if (key != "chunk_size") throw BadFate("unknown parameter '" + key + "'; /stream-bytes takes chunk_size");
    chunk = std::max<std::uint64_t>(1, amount_of(key, value, kMostCopied));
  }
  if (fate.bytes / chunk > 10'000) throw BadFate("chunk_size: at most 10,000 chunks");
  fate.fault = Fault::chunked;
  plan.pieces = static_cast<std::uint32_t>((fate.bytes + chunk - 1) / chunk);
}

}  // namespace

bool route(const RouteRequest& request, Fate& fate, ReplyPlan& plan) {
  const std::string_view path = request.path;
  const std::size_t slash = path.find('/', 1);
  const std::string_view head = path.substr(0, slash);
  const std::string_view rest = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  if (path == "/get") get(request, plan);
  else if (head == "/anything") anything(request, plan);
  else if (path == "/headers") tell({{"headers", object_of(request.fields)}}, plan);
  else if (path == "/echo") echo(request, plan);
  else if (path == "/drip") drip(request, fate, plan);
  else if (path == "/redirect-loop") redirect_loop(fate, plan);
  else if (rest.empty()) return false;
  else if (head == "/status") status(request, rest, fate, plan);
  else if (head == "/delay") fate.delay = seconds_of("delay", rest), anything(request, plan);
  else if (head == "/bytes") bytes(rest, fate, plan);
  else if (head == "/stream-bytes") stream_bytes(request, rest, fate, plan);
  else if (head == "/redirect") redirect(rest, fate, plan);
  else return false;
  return true;
}

}  // namespace interleave
